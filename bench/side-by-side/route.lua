-- The routing script of the side-by-side benchmark (`npm run bench:compare`): the same file runs under
-- Kamailio (app_lua) and under the project's own engine.
-- It does what a small operator's script does for every request: early checks,
-- scanner and flood guards, transaction lookup, in-dialog routing, registration,
-- location lookup and stateful relay with branch, reply and failure callbacks.

local FLT_ACC, FLT_MISSED, FLT_NAT = 1, 2, 5
local scanners = { "friendly%-scanner", "sipvicious", "sipcli", "VaxSIPUserAgent" }

local function relay()
  if KSR.is_method_in("IBSU") and KSR.tm.t_is_set("branch_route") < 0 then
    KSR.tm.t_on_branch("ksr_branch_bench")
  end
  if KSR.is_method_in("ISU") and KSR.tm.t_is_set("onreply_route") < 0 then
    KSR.tm.t_on_reply("ksr_onreply_bench")
  end
  if KSR.is_INVITE() and KSR.tm.t_is_set("failure_route") < 0 then
    KSR.tm.t_on_failure("ksr_failure_bench")
  end
  if KSR.tm.t_relay() < 0 then KSR.sl.sl_reply_error() end
  KSR.x.exit()
end

local function request_checks()
  KSR.set_reply_no_connect()
  KSR.force_rport()
  local src = KSR.kx.get_srcip()
  if KSR.htable.sht_match_name("ipban", "eq", src) > 0 then KSR.x.exit() end
  local agent = KSR.kx.gete_ua()
  for _, pattern in ipairs(scanners) do
    if string.find(agent, pattern) then KSR.sl.sl_send_reply(200, "OK") KSR.x.exit() end
  end
  if KSR.maxfwd.process_maxfwd(10) < 0 then
    KSR.sl.sl_send_reply(483, "Too Many Hops")
    KSR.x.exit()
  end
  if KSR.is_OPTIONS() and KSR.is_myself_ruri() and KSR.corex.has_ruri_user() < 0 then
    KSR.sl.sl_send_reply(200, "Keepalive")
    KSR.x.exit()
  end
  if KSR.sanity.sanity_check(17895, 7) < 0 then KSR.x.exit() end
end

local function within_dialog()
  if KSR.siputils.has_totag() < 0 then return end
  if KSR.rr.loose_route() > 0 then
    if KSR.is_BYE() then KSR.setflag(FLT_ACC) end
    relay()
  end
  if KSR.is_ACK() then
    if KSR.tm.t_check_trans() > 0 then relay() end
    KSR.x.exit()
  end
  KSR.sl.sl_send_reply(404, "Not here")
  KSR.x.exit()
end

function ksr_request_route()
  request_checks()
  if KSR.is_CANCEL() then
    if KSR.tm.t_check_trans() > 0 then relay() end
    return 1
  end
  if not KSR.is_ACK() then
    if KSR.tmx.t_precheck_trans() > 0 then
      KSR.tm.t_check_trans()
      return 1
    end
    if KSR.tm.t_check_trans() == 0 then return 1 end
  end
  within_dialog()
  KSR.hdr.remove("Route")
  if KSR.is_method_in("IS") then KSR.rr.record_route() end
  if KSR.is_INVITE() then KSR.setflag(FLT_ACC) end
  if not KSR.is_myself_ruri() then relay() end
  if KSR.is_REGISTER() then
    if KSR.registrar.save("location", 0) < 0 then KSR.sl.sl_reply_error() end
    KSR.x.exit()
  end
  if KSR.corex.has_ruri_user() < 0 then
    KSR.sl.sl_send_reply(484, "Address Incomplete")
    return 1
  end
  local rc = KSR.registrar.lookup("location")
  if rc < 0 then
    KSR.tm.t_newtran()
    if rc == -2 then KSR.sl.send_reply(405, "Method Not Allowed")
    else KSR.sl.send_reply(404, "Not Found") end
    KSR.x.exit()
  end
  if KSR.is_INVITE() then KSR.setflag(FLT_MISSED) end
  relay()
end

function ksr_branch_bench()
  KSR.dbg("branch " .. KSR.pv.get("$T_branch_idx") .. " to " .. KSR.kx.get_ruri() .. "\n")
  if KSR.isflagset(FLT_NAT) then KSR.rr.add_rr_param(";nat=yes") end
  return 1
end

function ksr_onreply_bench()
  local code = KSR.kx.get_status()
  if code > 100 and code < 299 then KSR.dbg("reply " .. code .. "\n") end
  return 1
end

function ksr_failure_bench()
  if KSR.tm.t_is_canceled() > 0 then return 1 end
  return 1
end

function ksr_reply_route()
  if KSR.sanity.sanity_check(17604, 6) < 0 then KSR.x.drop() end
  return 1
end
