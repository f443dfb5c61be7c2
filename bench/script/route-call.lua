-- An INVITE's way through a typical operator's script: 40 calls of stub KSR functions, ended by
-- KSR.x.exit(). Measured by route-call.bench.ts.

local FLT_ACC, FLT_ACCFAILED, FLT_NAT = 1, 3, 5

local function request_init()
  KSR.force_rport()
  local source = KSR.kx.get_srcip()
  if not KSR.is_myself_srcip() then
    if not KSR.pv.is_null("$sht(ipban=>$si)") then
      KSR.dbg("request from blocked address " .. KSR.pv.get("$rm") .. " " .. source .. "\n")
      KSR.x.exit()
    end
    if KSR.pike.pike_check_req() < 0 then
      KSR.err("flood from " .. KSR.pv.get("$fu") .. " " .. source .. "\n")
      KSR.pv.seti("$sht(ipban=>$si)", 1)
      KSR.x.exit()
    end
  end
  local agent = KSR.kx.gete_ua()
  if string.find(agent, "friendly%-scanner") or string.find(agent, "sipcli") then
    KSR.sl.sl_send_reply(200, "OK")
    KSR.x.exit()
  end
  if KSR.maxfwd.process_maxfwd(10) < 0 then
    KSR.sl.sl_send_reply(483, "Too Many Hops")
    KSR.x.exit()
  end
  if KSR.is_OPTIONS() and KSR.is_myself_ruri() and KSR.corex.has_ruri_user() < 0 then
    KSR.sl.sl_send_reply(200, "Keepalive")
    KSR.x.exit()
  end
  if KSR.sanity.sanity_check(1511, 7) < 0 then
    KSR.err("malformed SIP message from " .. source .. "\n")
    KSR.x.exit()
  end
end

local function nat_detect()
  KSR.force_rport()
  if KSR.nathelper.nat_uac_test(19) > 0 then
    if KSR.is_REGISTER() then KSR.nathelper.fix_nated_register()
    elseif KSR.siputils.is_first_hop() > 0 then KSR.nathelper.set_contact_alias() end
    KSR.setflag(FLT_NAT)
  end
end

local function within_dialog()
  if KSR.siputils.has_totag() < 0 then return end
  if KSR.rr.loose_route() > 0 then KSR.x.exit() end
end

local function authenticate()
  if KSR.is_REGISTER() or KSR.is_myself_furi() then
    if KSR.auth_db.auth_check(KSR.kx.gete_fhost(), "subscriber", 1) < 0 then
      KSR.auth.auth_challenge(KSR.kx.gete_fhost(), 0)
      KSR.x.exit()
    end
    if not KSR.is_method_in("RP") then KSR.auth.consume_credentials() end
  end
end

local function relay()
  if KSR.is_method_in("IBSU") and KSR.tm.t_is_set("branch_route") < 0 then
    KSR.tm.t_on_branch("ksr_branch_manage")
  end
  if KSR.is_method_in("ISU") and KSR.tm.t_is_set("onreply_route") < 0 then
    KSR.tm.t_on_reply("ksr_onreply_manage")
  end
  if KSR.is_INVITE() and KSR.tm.t_is_set("failure_route") < 0 then
    KSR.tm.t_on_failure("ksr_failure_manage")
  end
  if KSR.tm.t_relay() < 0 then KSR.sl.sl_reply_error() end
  KSR.x.exit()
end

function ksr_request_route()
  request_init()
  nat_detect()
  if KSR.is_CANCEL() then
    if KSR.tm.t_check_trans() > 0 then relay() end
    return 1
  end
  within_dialog()
  if KSR.tmx.t_precheck_trans() > 0 then
    KSR.tm.t_check_trans()
    return 1
  end
  if KSR.tm.t_check_trans() == 0 then return 1 end
  authenticate()
  KSR.hdr.remove("Route")
  if KSR.is_method_in("IS") then KSR.rr.record_route() end
  if KSR.is_INVITE() then KSR.setflag(FLT_ACC) end
  if KSR.registrar.lookup("location") < 0 then
    KSR.sl.send_reply(404, "Not Found")
    KSR.x.exit()
  end
  relay()
end
