-- The default routing script of sipweet. It is yours to change: point `script.path` at a copy of it,
-- and reload while calls run (kill -HUP of the sip process).
--
-- What it does for every request: early checks, requests inside of dialogs, authentication,
-- registration, and calls to registered users. A call that nobody answers becomes an event,
-- `missed-call`, from which a worker makes a direct message on X; an instant message to somebody
-- without a phone becomes `instant-message`, or is stored until he has one.
--
-- What people ask for on X comes the other way: the queue `sip-command` says that a row of `calls`
-- or `sip_messages` waits; `ksr_rtimer_commands` claims the row and acts.
--
-- The functions are Kamailio's KEMI API (KSR.*). Those of KSR.sipweet are our own additions.
-- A function that has to wait, such as SQL, looks as if it blocked; other calls go on meanwhile.
-- So keep nothing of a message in a global variable: use $avp(...) or locals.

-- Settings ------------------------------------------------------------------------------------

-- How long a phone rings before the call counts as not answered, in milliseconds.
local RING_MS = 45000
-- May callers who are not our users (other domains) call our users?
local ALLOW_STRANGERS = true
-- Calls to other domains are for our own users only, who have to log in; strangers get 403.

-- User part of the address that reminders and other messages of the service itself come from.
local SERVICE_NAME = "sipweet"

-- Message flags, visible in all callbacks of a call.
local FLT_LOCAL_CALLEE = 1 -- the call is for one of our users: nobody answering is a missed call

-- Addresses in group 1 of the table `address` are trusted: trunks and gateways.
local TRUSTED = 1

-- Requests ------------------------------------------------------------------------------------

function ksr_request_route()
  early_checks()

  -- Calls and messages that the service makes itself, because a user of ours has asked for them on X. What
  -- they say of themselves is for this script: no phone sees it, nobody else is believed.
  local is_own = KSR.sipweet.is_own()
  KSR.hdr.remove("X-Sipweet-Call")
  if is_own then
    KSR.hdr.remove("X-Sipweet-Store")
  end

  -- CANCEL belongs to a call that we forward, or to nothing.
  if KSR.is_CANCEL() then
    if KSR.tm.t_check_trans() > 0 then
      KSR.tm.t_relay()
    else
      KSR.sl.sl_send_reply(481, "Call/Transaction Does Not Exist")
    end
    return
  end

  within_dialog()

  -- Only requests outside of dialogs from here on. A Route that the sender made up is not followed.
  KSR.hdr.remove("Route")

  if not is_own then
    authenticate()
  end

  if KSR.is_REGISTER() then
    -- Replies by itself: 200 with the contacts, or what was wrong. 1: a phone that was not there before.
    if KSR.registrar.save("location", 0) == 1 then
      KSR.msilo.mdump()
    end
    return
  end

  if KSR.is_method_in("IS") then
    record_route()
  end

  if not KSR.is_myself_ruri() then
    relay()
    return
  end

  if KSR.corex.has_ruri_user() < 0 then
    KSR.sl.sl_send_reply(484, "Address Incomplete")
    return
  end

  to_local_user(is_own)
end

-- Scanners, floods, loops and malformed requests end here.
function early_checks()
  KSR.force_rport()

  local source = KSR.kx.get_srcip()
  if KSR.htable.sht_match_name("ipban", "eq", source) > 0 then
    KSR.x.exit()
  end
  if not KSR.is_myself_srcip() and KSR.permissions.allow_source_address(TRUSTED) < 0 then
    if KSR.pike.pike_check_req() < 0 then
      KSR.warn("too many requests from " .. source .. ", it is ignored for a while\n")
      KSR.htable.sht_seti("ipban", source, 1)
      KSR.x.exit()
    end
  end

  local agent = KSR.kx.gete_ua()
  if string.find(agent, "friendly%-scanner") or string.find(agent, "sipvicious") or string.find(agent, "sipcli") then
    -- Silence tells a scanner less than any answer.
    KSR.x.exit()
  end

  if KSR.maxfwd.process_maxfwd(70) < 0 then
    KSR.sl.sl_send_reply(483, "Too Many Hops")
    KSR.x.exit()
  end

  -- 18407: version, scheme, required headers, CSeq, Content-Length, Expires, Proxy-Require, URIs, Via.
  -- The function sends the reply itself.
  if KSR.sanity.sanity_check(18407, 7) < 0 then
    KSR.x.exit()
  end

  -- "Are you alive?"
  if KSR.is_OPTIONS() and KSR.is_myself_ruri() and KSR.corex.has_ruri_user() < 0 then
    KSR.sl.sl_send_reply(200, "Keepalive")
    KSR.x.exit()
  end
end

-- Requests with a To tag follow the route that the first request of their dialog has recorded.
function within_dialog()
  if KSR.siputils.has_totag() < 0 then
    return
  end
  if KSR.rr.loose_route() > 0 then
    known_dialog()
    if KSR.is_NOTIFY() then
      record_route()
    end
    relay()
    KSR.x.exit()
  end
  if KSR.is_ACK() then
    -- The ACK of a call that was answered without us on the path, or of nothing.
    if KSR.tm.t_check_trans() > 0 then
      KSR.tm.t_relay()
    end
    KSR.x.exit()
  end
  KSR.sl.sl_send_reply(481, "Call/Transaction Does Not Exist")
  KSR.x.exit()
end

-- Stays on the path of the dialog, with a key by which its later requests are known.
function record_route()
  KSR.rr.record_route()
  KSR.rr.add_rr_param(";dk=" .. KSR.sipweet.dialog_key())
end

-- Anybody can write a To tag and a Route with our name, and have us send to where he likes. Only the key shows
-- that a dialog went through here. Without it (it is made up, or older than this process) a request has
-- to be allowed like the first one of a dialog.
function known_dialog()
  if KSR.sipweet.is_own_dialog() then
    return
  end
  if KSR.is_ACK() then
    -- Not to be answered, so not to be challenged either.
    KSR.x.exit()
  end
  authenticate()
end

-- Our users have to show who they are; a user can be registered and called only by his own name.
function authenticate()
  if KSR.permissions.allow_source_address(TRUSTED) > 0 then
    return
  end

  if KSR.is_REGISTER() or KSR.is_myself_furi() then
    local realm = KSR.sipweet.realm()
    -- Flag 1: the user who logs in must be the one in To (REGISTER) or From.
    local result = KSR.auth_db.auth_check(realm, "subscriber", 1)
    if result < 0 then
      if result == -8 then
        KSR.sl.sl_send_reply(403, "Not your identity")
      else
        KSR.auth.auth_challenge(realm, 1)
      end
      KSR.x.exit()
    end
    -- The password's hash is for us alone.
    if not KSR.is_REGISTER() then
      KSR.auth.consume_credentials()
    end
    return
  end

  -- A stranger: he may call us, not use us to call others.
  if not KSR.is_myself_ruri() or not ALLOW_STRANGERS then
    KSR.sl.sl_send_reply(403, "Not relaying")
    KSR.x.exit()
  end
end

-- Calls and messages to a user of ours.
function to_local_user(is_own)
  local callee = KSR.kx.gete_ruser()
  -- Remembered before `lookup` puts the phone's address in place of the user.
  KSR.pvx.avp_sets("callee", callee)

  -- The phones of somebody who has asked for a call and does not come to them: he has missed nothing.
  local rings_asker = is_own and own_leg() == "caller"

  if KSR.is_INVITE() and not rings_asker then
    local profile = KSR.htable.sht_get("profiles", mailbox(callee))
    if profile ~= nil then
      if string.sub(profile, 1, 1) == "d" then
        missed_call("busy")
        KSR.sl.send_reply(486, "Do Not Disturb")
        return
      end
      if forward(string.sub(profile, 2)) then
        return
      end
    end
  end

  local found = KSR.registrar.lookup("location")
  if found < 0 then
    if KSR.is_MESSAGE() then
      message_for_absent(callee, is_own)
      return
    end
    if KSR.is_INVITE() and not rings_asker then
      missed_call("unreachable")
    end
    if found == -2 then
      KSR.sl.send_reply(405, "Method Not Allowed")
    else
      KSR.sl.send_reply(480, "Temporarily Unavailable")
    end
    return
  end

  if not KSR.is_INVITE() then
    relay()
    return
  end
  if not rings_asker then
    KSR.setflag(FLT_LOCAL_CALLEE)
    KSR.tm.t_set_fr_inv(RING_MS)
    KSR.tm.t_on_failure("ksr_failure_call")
  end
  if KSR.tm.t_relay() < 0 then
    -- None of the phones can be reached: there is no failure to wait for.
    if not rings_asker then
      missed_call("unreachable")
    end
    KSR.sl.sl_reply_error()
  end
end

-- A user's phones ring in every spelling of his name, so what he has set holds in every one: `%42OB` is bob.
function mailbox(user)
  if not string.find(user, "[%%%u]") then
    return user
  end
  return string.lower(KSR.pv.gete("$(rU{s.unescape.user})"))
end

-- Sends a call where its callee wants his calls: a number or an address. False when there is nothing to do:
-- that is one of our users, whose phones are next, or a number while there is no trunk.
function forward(to)
  if string.sub(to, 1, 1) == "+" then
    to = KSR.sipweet.number_uri(to)
  end
  if to == "" then
    return false
  end
  KSR.pv.sets("$ru", to)
  if KSR.is_myself_ruri() then
    KSR.pvx.avp_sets("callee", KSR.kx.gete_ruser())
    return false
  end
  relay()
  return true
end

-- Of a call that the service makes: is this INVITE for the side that asked for it, "caller", or for the "callee"?
function own_leg()
  return string.match(KSR.hdr.gete("X-Sipweet-Call"), ";leg=(%a+)$")
end

function relay()
  if KSR.tm.t_relay() < 0 then
    KSR.sl.sl_reply_error()
  end
end

-- Since when profiles have been read, by the clock of the database, and how often. Of the node, not of a message.
profiles_since = "-infinity"
profiles_reads = 0
-- So often all of them are read: users who are none any more leave nothing that says so.
local READS_OF_ALL = 60

-- Called every few seconds (`script.timers.profiles`): who does not want to be disturbed any more, whose calls
-- go elsewhere? So no call waits for the database; while that is away the last answer holds. What was
-- changed is read, a little of it twice: a change can show later than it was made.
-- A profile is a text: "d" for "do not disturb" or "-", and behind it where calls go instead, if anywhere.
function ksr_rtimer_profiles()
  if KSR.sqlops.sql_query("db", "SELECT now()::text", "now") < 0 then
    return
  end
  if profiles_reads % READS_OF_ALL == 0 then
    profiles_since = "-infinity"
  end
  local queried = KSR.sipweet.sql_query_p1("db",
    "SELECT lower(sipuser), CASE WHEN dnd THEN 'd' ELSE '-' END || coalesce(forward_to, '') FROM sipweetusers"
      .. " WHERE updated_at > $1::timestamptz - interval '30 seconds' AND ($1 <> '-infinity' OR dnd OR forward_to IS NOT NULL)",
    "profiles", profiles_since)
  if queried < 0 then
    return
  end
  if profiles_since == "-infinity" then
    -- What stood there before may be old, or another script's.
    KSR.htable.sht_reset("profiles")
  end
  for row = 0, KSR.sqlops.sql_num_rows("profiles") - 1 do
    local user = KSR.sqlops.sql_result_get("profiles", row, 0)
    local profile = KSR.sqlops.sql_result_get("profiles", row, 1)
    if profile == "-" then
      KSR.htable.sht_rm("profiles", user)
    else
      KSR.htable.sht_sets("profiles", user, profile)
    end
  end
  profiles_since = KSR.sqlops.sql_result_get("now", 0, 0)
  profiles_reads = profiles_reads + 1
end

-- Instant messages ----------------------------------------------------------------------------

-- No phone of the recipient is there. Who is on X gets the text as a direct message, others when
-- they have a phone again; what he was told on X is not stored too.
function message_for_absent(recipient, is_own)
  if is_own then
    -- Came from X, so it does not go back there. Reminders are of no use later.
    if KSR.hdr.is_present("X-Sipweet-Store") < 0 and KSR.msilo.mstore() > 0 then
      KSR.sl.send_reply(202, "Accepted")
    else
      KSR.sl.send_reply(480, "Temporarily Unavailable")
    end
    return
  end
  local on_x, known = who_is(recipient)
  local text = KSR.pv.gete("$rb")
  local is_text = string.find(string.lower(KSR.hdr.get("Content-Type") or "text/plain"), "^text/plain") ~= nil
  if on_x and is_text and text ~= "" then
    if instant_message(recipient, text) then
      KSR.sl.send_reply(202, "Accepted")
    else
      KSR.sl.send_reply(500, "Server Internal Error")
    end
  elseif known and KSR.msilo.mstore() > 0 then
    KSR.sl.send_reply(202, "Accepted")
  else
    -- Nothing is stored for names that nobody has.
    KSR.sl.send_reply(480, "Temporarily Unavailable")
  end
end

-- Is the user told on X, and is he a user at all? Without the database neither is known.
function who_is(user)
  local queried = KSR.sipweet.sql_query_p1("db",
    "SELECT EXISTS (SELECT 1 FROM sipweetusers WHERE sipuser = $1 AND notify), EXISTS (SELECT 1 FROM subscriber WHERE username = $1)",
    "who", user)
  if queried < 0 then
    return false, false
  end
  return KSR.sqlops.sql_result_get("who", 0, 0) == "t", KSR.sqlops.sql_result_get("who", 0, 1) == "t"
end

function instant_message(recipient, text)
  local json = KSR.sipweet.json_string
  local key = recipient .. "/" .. KSR.kx.get_callid() .. "/" .. KSR.pv.gete("$ft") .. "/" .. KSR.pv.gete("$cs")
  local event = '{"v":1'
    .. ',"eventId":' .. json(key)
    .. ',"sender":' .. json(KSR.kx.gete_fuser() .. "@" .. KSR.kx.gete_fhost())
    .. ',"senderName":' .. json(KSR.pv.gete("$(fn{s.unquote}{s.unescape.common})"))
    .. ',"recipient":' .. json(recipient)
    .. ',"text":' .. json(text)
    .. ',"at":' .. KSR.sipweet.event_time()
    .. ',"callId":' .. json(KSR.kx.get_callid())
    .. '}'
  return KSR.mqueue.mq_add("instant-message", key, event) > 0
end

-- Missed calls --------------------------------------------------------------------------------

-- All phones of the callee have failed to answer: this is called once a call, however many there were.
function ksr_failure_call()
  if not KSR.isflagset(FLT_LOCAL_CALLEE) then
    return
  end
  if KSR.tm.t_is_canceled() > 0 then
    -- A proxy before us says so when another phone has taken the call: then nobody missed it.
    if not string.find(KSR.sipweet.cancel_reason(), "cause=200", 1, true) then
      missed_call("cancelled")
    end
    return
  end
  missed_call(cause_of(KSR.tm.t_get_status_code()))
end

function cause_of(status)
  if status == 408 then return "no-answer" end
  if status == 486 or status == 600 then return "busy" end
  if status == 603 then return "declined" end
  return "unreachable"
end

-- Tells the workers. `mq_add` writes to a local spool and never waits; a queue that is down loses
-- nothing, and an event that is added twice is delivered once, because its key is the same.
function missed_call(cause)
  local callee = KSR.pvx.avp_gete("callee")
  local key = callee .. "/" .. KSR.kx.get_callid() .. "/" .. KSR.pv.gete("$ft")
  local json = KSR.sipweet.json_string
  local event = '{"v":1'
    .. ',"eventId":' .. json(key)
    .. ',"caller":' .. json(KSR.kx.gete_fuser() .. "@" .. KSR.kx.gete_fhost())
    .. ',"callerName":' .. json(KSR.pv.gete("$(fn{s.unquote}{s.unescape.common})"))
    .. ',"callee":' .. json(callee)
    .. ',"calleeDomain":' .. json(KSR.kx.gete_thost())
    .. ',"cause":' .. json(cause)
    .. ',"at":' .. KSR.sipweet.event_time()
    .. ',"callId":' .. json(KSR.kx.get_callid())
    .. '}'
  if KSR.mqueue.mq_add("missed-call", key, event) < 0 then
    KSR.err("the missed call of " .. callee .. " could not be noted\n")
  end
end

-- Results -------------------------------------------------------------------------------------

-- Results that are written with one statement.
local RESULTS_AT_ONCE = 200

-- Called every second (`script.timers.results`): how did the direct messages end? The queue flows
-- the other way here, from the workers to us.
function ksr_rtimer_results()
  local results = fetch_results()
  while #results > 0 do
    if not write_results(results) and #results > 1 then
      -- One that cannot be written is not to take the others with it.
      for _, result in ipairs(results) do
        write_results({ result })
      end
    end
    -- Those count as told when more are asked for: a node that dies before is given them again.
    results = fetch_results()
  end
end

-- Each result is a JSON object. A list of them is one value, $1, which is sent to PostgreSQL beside the
-- statement: nothing in it can become part of it. Of several results of one event the last one counts.
function write_results(results)
  return KSR.sipweet.sql_query_p1("db",
    "INSERT INTO dm_results (event_id, state, reason)"
      .. " SELECT DISTINCT ON (\"eventId\") \"eventId\", state, reason"
      .. " FROM ROWS FROM (json_to_recordset($1) AS (\"eventId\" text, state text, reason text))"
      .. " WITH ORDINALITY AS result (\"eventId\", state, reason, place) ORDER BY \"eventId\", place DESC"
      .. " ON CONFLICT (event_id) DO UPDATE SET state = EXCLUDED.state, reason = EXCLUDED.reason, recorded_at = now()",
    "result", "[" .. table.concat(results, ",") .. "]") >= 0
end

function fetch_results()
  local results = {}
  while #results < RESULTS_AT_ONCE and KSR.mqueue.mq_fetch("direct-message-result") > 0 do
    results[#results + 1] = KSR.mqueue.mqv_get("direct-message-result")
  end
  return results
end

-- Commands from X -----------------------------------------------------------------------------

-- Called several times a second (`script.timers.commands`): what do people on X want of us? A job
-- only says which row to look at. Who changes the row from `planned` to `claimed` acts, nobody else
-- ever does: so a job that comes twice, or to two nodes, does no harm.
function ksr_rtimer_commands()
  while KSR.mqueue.mq_fetch("sip-command") > 0 do
    local command = KSR.mqueue.mqv_get("sip-command")
    local id = KSR.sipweet.json_get(command, "id")
    if KSR.sipweet.json_get(command, "verb") == "call" then
      begin_call(id)
    else
      begin_message(id)
    end
  end
  cancel_calls()
end

-- Rings the phones of who asked, then the other side, and connects the two. Without a target it is
-- an announcement to the one who asked.
function begin_call(id)
  local claimed = KSR.sipweet.sql_query_p2("db",
    "UPDATE calls SET state = 'claimed', node = $2, claimed_at = now(), updated_at = now()"
      .. " WHERE id = $1 AND state = 'planned' AND NOT cancel_requested AND expires_at > now()"
      .. " RETURNING sipuser, target, target_name, coalesce(target_sipuser, '')",
    "call", id, KSR.sipweet.node())
  if claimed < 0 or KSR.sqlops.sql_num_rows("call") < 1 then
    return
  end
  local caller = KSR.sqlops.sql_result_get("call", 0, 0)
  local target = KSR.sqlops.sql_result_get("call", 0, 1)
  local target_name = KSR.sqlops.sql_result_get("call", 0, 2)
  local target_user = KSR.sqlops.sql_result_get("call", 0, 3)
  if target_user ~= "" then
    target = KSR.sipweet.own_uri(target_user)
  end
  local json = KSR.sipweet.json_string
  local options = '{"id":' .. json(id)
    .. ',"fromName":' .. json(caller)
    .. ',"toName":' .. json(target_name)
    .. ',"onEvent":"ksr_call_event"}'
  if KSR.sipweet.call(KSR.sipweet.own_uri(caller), target, options) < 0 then
    tell_call_event(id, "failed", '{"v":1,"id":' .. json(id) .. ',"event":"failed","cause":"internal","at":' .. KSR.sipweet.event_time() .. '}')
  end
end

-- A call of ours has come a step further: rings, is answered, is connected, has ended or failed.
function ksr_call_event(progress)
  tell_call_event(KSR.sipweet.json_get(progress, "id"), KSR.sipweet.json_get(progress, "event"), progress)
end

function tell_call_event(id, event, progress)
  if KSR.mqueue.mq_add("call-event", id .. "/" .. event, progress) < 0 then
    KSR.err("a step of the call " .. id .. " could not be noted\n")
  end
end

-- Somebody wrote "cancel". Which calls that are, the rows say; only those of this node are ours to end.
function cancel_calls()
  if KSR.sipweet.active_calls() < 1 then
    return
  end
  local queried = KSR.sipweet.sql_query_p1("db",
    "SELECT id FROM calls WHERE node = $1 AND cancel_requested AND state IN ('claimed', 'ringing', 'answered', 'connected') LIMIT 100",
    "cancelled", KSR.sipweet.node())
  if queried < 0 then
    return
  end
  for row = 0, KSR.sqlops.sql_num_rows("cancelled") - 1 do
    KSR.sipweet.cancel_call(KSR.sqlops.sql_result_get("cancelled", row, 0))
  end
end

-- Sends an instant message to the phones of its recipient, through our own routing: who has none gets it later.
function begin_message(id)
  local claimed = KSR.sipweet.sql_query_p2("db",
    "UPDATE sip_messages SET state = 'claimed', node = $2, updated_at = now()"
      .. " WHERE id = $1 AND state = 'planned' AND expires_at > now() RETURNING sender, recipient, body, store",
    "message", id, KSR.sipweet.node())
  if claimed < 0 or KSR.sqlops.sql_num_rows("message") < 1 then
    return
  end
  local sender = KSR.sqlops.sql_result_get("message", 0, 0)
  if sender == "" then
    sender = SERVICE_NAME
  end
  local hdrs = "Content-Type: text/plain;charset=UTF-8\r\n"
  if KSR.sqlops.sql_result_get("message", 0, 3) ~= "t" then
    hdrs = hdrs .. "X-Sipweet-Store: no\r\n"
  end
  local recipient = KSR.sipweet.own_uri(KSR.sqlops.sql_result_get("message", 0, 1))
  KSR.pv.sets("$uac_req(method)", "MESSAGE")
  KSR.pv.sets("$uac_req(ruri)", recipient)
  KSR.pv.sets("$uac_req(turi)", recipient)
  KSR.pv.sets("$uac_req(furi)", KSR.sipweet.own_uri(sender))
  KSR.pv.sets("$uac_req(hdrs)", hdrs)
  KSR.pv.sets("$uac_req(body)", KSR.sqlops.sql_result_get("message", 0, 2))
  KSR.pv.seti("$uac_req(evroute)", 1)
  KSR.pv.sets("$uac_req(evparam)", id)
  if KSR.uac.uac_req_send() < 0 then
    message_ended(id, "failed", "500")
  end
end

-- A request of `KSR.uac.uac_req_send` was answered: 200 by a phone, 202 when it waits for one.
function ksr_uac_event(event)
  local id = KSR.pv.gete("$uac_req(evparam)")
  local status = KSR.pv.get("$uac_req(evcode)")
  local state = "failed"
  if status == 202 then
    state = "stored"
  elseif status >= 200 and status < 300 then
    state = "sent"
  end
  message_ended(id, state, tostring(status))
end

function message_ended(id, state, status)
  KSR.sipweet.sql_query_p3("db",
    "UPDATE sip_messages SET state = $2, reason = $3, updated_at = now() WHERE id = $1 AND state = 'claimed'",
    "", id, state, status)
end

-- Called every few seconds (`script.timers.alive`): a call of a node that has not said so for long was interrupted.
function ksr_rtimer_alive()
  KSR.sipweet.sql_query_p1("db",
    "INSERT INTO sip_nodes (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET seen_at = now()",
    "", KSR.sipweet.node())
end
