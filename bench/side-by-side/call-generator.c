/*
 * Load for a SIP server under test: caller and callee in one process, on loopback, over UDP. A call is
 * INVITE/100/180/200/ACK/BYE/200. It keeps a number of calls going (closed loop), or starts them at a steady
 * rate, and prints one line of JSON.
 *
 *   call-generator --calls 36000 --window 40              always 40 calls at once, as fast as the server can
 *   call-generator --calls 6000 --rate 1000               1,000 calls a second
 *   call-generator --calls 50000 --rate 2000 --hold       answered and left open: no BYE is sent
 *   call-generator --calls 100000 --window 40 --register  registers user0 ... user99999 at the callee's address
 *   --users 10      calls user0 ... user9 in turn instead of the user "service"
 *   --server 5060 --callee 5070 --caller 5080   the ports; 0 takes a free one
 *   --give-up 60    seconds after which it stops waiting
 *
 * Nothing is retransmitted: what the server or the kernel loses is a failed call. Datagrams go in and out by
 * recvmmsg and sendmmsg, so that the generator, on a core of its own, is never what limits.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, DATAGRAM_BYTES = 2048, SOCKET_BUFFER_BYTES = 4 << 20, TAG_BYTES = 64 };

/* A call that is not over after this long is lost, and another takes its place in the window. */
static const int64_t LOST_US = 4000000;

enum call_state { WAITING, ANSWERED, ENDED };

struct call {
  int64_t started_us;
  enum call_state state;
};

/* One of the two phones: its socket, and the datagrams that wait for the next sendmmsg. */
struct phone {
  int socket;
  int waiting;
  char text[BATCH][DATAGRAM_BYTES];
  struct sockaddr_in to[BATCH];
  struct iovec parts[BATCH];
  struct mmsghdr headers[BATCH];
};

static struct {
  int server, callee, caller, users, give_up_s;
  long calls, window;
  double rate;
  bool hold, registers;
} options = {.server = 5060, .callee = 5070, .caller = 5080, .give_up_s = 60, .calls = 1000, .window = 40};

static struct phone caller, callee;
static struct sockaddr_in server;
static struct call *calls;
static int64_t *answer_us; /* INVITE to 200, in the order of the answers */
static long started, answered, ended, failed, oldest, refused, duplicates;
static int run_id; /* in every Call-ID and tag: what an earlier run left is not ours */

static const char SDP[] =
    "v=0\r\no=caller 2890844526 2890844526 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 6000 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n";

static int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static struct sockaddr_in loopback(int port) {
  return (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* ---- datagrams ---- */

static void open_phone(struct phone *phone, int *port) {
  int bytes = SOCKET_BUFFER_BYTES;
  struct sockaddr_in address = loopback(*port);
  socklen_t size = sizeof address;
  phone->socket = socket(AF_INET, SOCK_DGRAM, 0);
  setsockopt(phone->socket, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  setsockopt(phone->socket, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  if (bind(phone->socket, (struct sockaddr *)&address, size) < 0) fail("bind");
  if (getsockname(phone->socket, (struct sockaddr *)&address, &size) < 0) fail("getsockname");
  *port = ntohs(address.sin_port);
}

static void flush(struct phone *phone) {
  for (int sent = 0; sent < phone->waiting;) {
    int count = sendmmsg(phone->socket, phone->headers + sent, phone->waiting - sent, 0);
    if (count > 0) sent += count;
    else if (errno != EINTR && errno != EAGAIN && errno != ECONNREFUSED) fail("sendmmsg");
  }
  phone->waiting = 0;
}

/* The text of the next datagram is written here, then `post` queues it. */
static char *blank(struct phone *phone) {
  if (phone->waiting == BATCH) flush(phone);
  return phone->text[phone->waiting];
}

static void post(struct phone *phone, size_t bytes, struct sockaddr_in to) {
  int slot = phone->waiting++;
  phone->to[slot] = to;
  phone->parts[slot] = (struct iovec){.iov_base = phone->text[slot], .iov_len = bytes};
  phone->headers[slot].msg_hdr =
      (struct msghdr){.msg_name = &phone->to[slot], .msg_namelen = sizeof to, .msg_iov = &phone->parts[slot], .msg_iovlen = 1};
}

/* Hands all that has arrived to `take`, and sends what that wrote after each batch. */
static void receive(struct phone *phone, void (*take)(const char *text, struct sockaddr_in from)) {
  static char text[BATCH][DATAGRAM_BYTES];
  static struct sockaddr_in from[BATCH];
  static struct iovec parts[BATCH];
  static struct mmsghdr headers[BATCH];
  int count;
  do {
    for (int slot = 0; slot < BATCH; slot++) {
      parts[slot] = (struct iovec){.iov_base = text[slot], .iov_len = DATAGRAM_BYTES - 1};
      headers[slot].msg_hdr =
          (struct msghdr){.msg_name = &from[slot], .msg_namelen = sizeof from[slot], .msg_iov = &parts[slot], .msg_iovlen = 1};
    }
    count = recvmmsg(phone->socket, headers, BATCH, MSG_DONTWAIT, NULL);
    for (int slot = 0; slot < count; slot++) {
      text[slot][headers[slot].msg_len] = '\0';
      take(text[slot], from[slot]);
    }
    flush(phone);
  } while (count == BATCH);
}

/* ---- SIP ---- */

static size_t append(char *text, size_t length, const char *format, ...) {
  va_list values;
  va_start(values, format);
  int added = vsnprintf(text + length, DATAGRAM_BYTES - length, format, values);
  va_end(values);
  if (length + added >= DATAGRAM_BYTES) {
    fprintf(stderr, "a message is longer than %d bytes\n", DATAGRAM_BYTES);
    exit(1);
  }
  return length + added;
}

/* The first header of that name, which is given as "\nName:" because a header starts a line; NULL when there is none. */
static const char *header(const char *text, const char *name) {
  const char *found = strstr(text, name);
  return found == NULL ? NULL : found + 1;
}

static int line_length(const char *line) { return (int)strcspn(line, "\r"); }

/* The call that a message belongs to, -1 when it is none of this run. */
static long call_of(const char *text) {
  const char *id = header(text, "\nCall-ID:");
  long call;
  int run;
  if (id == NULL || sscanf(id, "Call-ID: %ld-%d@", &call, &run) != 2) return -1;
  return run == run_id && call >= 0 && call < started ? call : -1;
}

static size_t user_of(long call, char *user, size_t size) {
  if (options.registers) return snprintf(user, size, "user%ld", call);
  if (options.users == 0) return snprintf(user, size, "service");
  return snprintf(user, size, "user%ld", call % options.users);
}

static void send_invite(long call) {
  char user[32], *text = blank(&caller);
  user_of(call, user, sizeof user);
  size_t length = append(text, 0, "INVITE sip:%s@127.0.0.1:%d SIP/2.0\r\n", user, options.server);
  length = append(text, length, "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK-%d-%ld-1\r\n", options.caller, run_id, call);
  length = append(text, length, "From: caller <sip:caller@127.0.0.1:%d>;tag=%d-from-%ld\r\n", options.caller, run_id, call);
  length = append(text, length, "To: callee <sip:%s@127.0.0.1:%d>\r\n", user, options.server);
  length = append(text, length, "Call-ID: %ld-%d@127.0.0.1\r\nCSeq: 1 INVITE\r\n", call, run_id);
  length = append(text, length, "Contact: sip:caller@127.0.0.1:%d\r\nMax-Forwards: 70\r\n", options.caller);
  length = append(text, length, "Content-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s", strlen(SDP), SDP);
  post(&caller, length, server);
}

/* ACK and BYE follow the route and the To tag of the 200. One proxy is in between, so one Record-Route is all there is. */
static void send_in_dialog(const char *method, int cseq, int branch, long call, const char *ok) {
  char *text = blank(&caller);
  const char *to = header(ok, "\nTo:"), *route = header(ok, "\nRecord-Route:");
  size_t length = append(text, 0, "%s sip:127.0.0.1:%d;transport=UDP SIP/2.0\r\n", method, options.callee);
  length = append(text, length, "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK-%d-%ld-%d\r\n", options.caller, run_id, call, branch);
  if (route != NULL) length = append(text, length, "%.*s\r\n", line_length(route) - 7, route + strlen("Record-"));
  length = append(text, length, "From: caller <sip:caller@127.0.0.1:%d>;tag=%d-from-%ld\r\n", options.caller, run_id, call);
  length = append(text, length, "%.*s\r\nCall-ID: %ld-%d@127.0.0.1\r\n", line_length(to), to, call, run_id);
  length = append(text, length, "CSeq: %d %s\r\nContact: sip:caller@127.0.0.1:%d\r\n", cseq, method, options.caller);
  length = append(text, length, "Max-Forwards: 70\r\nContent-Length: 0\r\n\r\n");
  post(&caller, length, server);
}

static void send_register(long call) {
  char user[32], *text = blank(&caller);
  user_of(call, user, sizeof user);
  size_t length = append(text, 0, "REGISTER sip:127.0.0.1:%d SIP/2.0\r\n", options.server);
  length = append(text, length, "Via: SIP/2.0/UDP 127.0.0.1:%d;branch=z9hG4bK-%d-%ld-1\r\n", options.caller, run_id, call);
  length = append(text, length, "From: <sip:%s@127.0.0.1:%d>;tag=%d-from-%ld\r\n", user, options.server, run_id, call);
  length = append(text, length, "To: <sip:%s@127.0.0.1:%d>\r\n", user, options.server);
  length = append(text, length, "Call-ID: %ld-%d@127.0.0.1\r\nCSeq: 1 REGISTER\r\n", call, run_id);
  length = append(text, length, "Contact: <sip:%s@127.0.0.1:%d>\r\nMax-Forwards: 70\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n", user, options.callee);
  post(&caller, length, server);
}

/* Answers a request: the headers that RFC 3261 §8.2.6.2 has copied, in the order in which they stand. */
static void answer(const char *request, const char *status, const char *to_tag, const char *body, struct sockaddr_in from) {
  static const char *const copied[] = {"Via:", "Record-Route:", "From:", "To:", "Call-ID:", "CSeq:"};
  char *text = blank(&callee);
  size_t length = append(text, 0, "SIP/2.0 %s\r\n", status);
  for (const char *line = strchr(request, '\n') + 1; *line != '\r' && *line != '\0'; line += line_length(line) + 2) {
    for (size_t name = 0; name < sizeof copied / sizeof *copied; name++) {
      if (strncasecmp(line, copied[name], strlen(copied[name])) != 0) continue;
      length = append(text, length, "%.*s%s\r\n", line_length(line), line, line[0] == 'T' ? to_tag : "");
    }
  }
  length = append(text, length, "Contact: <sip:127.0.0.1:%d;transport=UDP>\r\n", options.callee);
  if (*body != '\0') length = append(text, length, "Content-Type: application/sdp\r\n");
  length = append(text, length, "Content-Length: %zu\r\n\r\n%s", strlen(body), body);
  post(&callee, length, from);
}

static void callee_takes(const char *text, struct sockaddr_in from) {
  if (strncmp(text, "INVITE ", 7) == 0) {
    char tag[TAG_BYTES];
    snprintf(tag, sizeof tag, ";tag=%d-to-%ld", run_id, call_of(text));
    answer(text, "180 Ringing", tag, "", from);
    answer(text, "200 OK", tag, SDP, from);
  } else if (strncmp(text, "BYE ", 4) == 0) {
    answer(text, "200 OK", "", "", from);
  }
}

static void finish(long call) {
  calls[call].state = ENDED;
  ended++;
}

static void caller_takes(const char *text, struct sockaddr_in from) {
  (void)from;
  int status = 0;
  long call = call_of(text);
  if (call < 0 || sscanf(text, "SIP/2.0 %d", &status) != 1 || status < 200) return;
  if (status >= 300) {
    if (calls[call].state == ENDED) return;
    calls[call].state = ENDED;
    failed++;
    refused++;
    return;
  }
  if (strstr(text, "\nCSeq: 1 ") == NULL) { /* the BYE's */
    if (calls[call].state == ANSWERED) finish(call);
    return;
  }
  if (calls[call].state != WAITING) {
    duplicates++;
    return;
  }
  calls[call].state = ANSWERED;
  answer_us[answered++] = now_us() - calls[call].started_us;
  if (!options.registers) {
    send_in_dialog("ACK", 1, 2, call, text);
    if (!options.hold) send_in_dialog("BYE", 2, 3, call, text);
  }
  if (options.registers || options.hold) finish(call);
}

/* ---- the run ---- */

/* The oldest calls that are over, or will never be, are behind us. */
static void give_up_lost_calls(int64_t now) {
  for (; oldest < started; oldest++) {
    if (calls[oldest].state == ENDED) continue;
    if (now - calls[oldest].started_us < LOST_US) return;
    calls[oldest].state = ENDED;
    failed++;
  }
}

static void start_due_calls(int64_t now, int64_t begun_us) {
  long due = options.rate > 0 ? (long)((now - begun_us) * options.rate / 1e6) + 1 : options.calls;
  if (due > options.calls) due = options.calls;
  while (started < due && (options.rate > 0 || started - ended - failed < options.window)) {
    long call = started++;
    calls[call].started_us = now_us();
    if (options.registers) send_register(call);
    else send_invite(call);
  }
  flush(&caller);
}

static int ascending(const void *a, const void *b) {
  int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
  return (left > right) - (left < right);
}

static long quantile(double share) { return answered == 0 ? 0 : (long)answer_us[(long)((answered - 1) * share)]; }

static void run(void) {
  int64_t begun_us = now_us(), now = begun_us;
  while (oldest < options.calls && now - begun_us < options.give_up_s * 1000000LL) {
    start_due_calls(now, begun_us);
    struct pollfd sockets[] = {{.fd = caller.socket, .events = POLLIN}, {.fd = callee.socket, .events = POLLIN}};
    poll(sockets, 2, 1);
    if (sockets[0].revents != 0) receive(&caller, caller_takes);
    if (sockets[1].revents != 0) receive(&callee, callee_takes);
    now = now_us();
    give_up_lost_calls(now);
  }
  double seconds = (now - begun_us) / 1e6;
  qsort(answer_us, answered, sizeof *answer_us, ascending);
  printf("{\"ok\":%ld,\"started\":%ld,\"failed\":%ld,\"refused\":%ld,\"duplicates\":%ld,\"seconds\":%.3f,\"cps\":%.0f,"
         "\"p50Us\":%ld,\"p99Us\":%ld,\"maxUs\":%ld}\n",
         ended, started, options.calls - ended, refused, duplicates, seconds, ended / seconds, quantile(0.5), quantile(0.99), quantile(1));
}

static void read_options(int count, char **words) {
  static const struct option known[] = {
      {"server", required_argument, NULL, 's'}, {"callee", required_argument, NULL, 'e'},  {"caller", required_argument, NULL, 'r'},
      {"calls", required_argument, NULL, 'n'},  {"window", required_argument, NULL, 'w'},  {"rate", required_argument, NULL, 'p'},
      {"users", required_argument, NULL, 'u'},  {"give-up", required_argument, NULL, 'g'}, {"hold", no_argument, NULL, 'h'},
      {"register", no_argument, NULL, 'R'},     {NULL, 0, NULL, 0}};
  for (int option; (option = getopt_long(count, words, "", known, NULL)) != -1;) {
    switch (option) {
      case 's': options.server = atoi(optarg); break;
      case 'e': options.callee = atoi(optarg); break;
      case 'r': options.caller = atoi(optarg); break;
      case 'n': options.calls = atol(optarg); break;
      case 'w': options.window = atol(optarg); break;
      case 'p': options.rate = atof(optarg); break;
      case 'u': options.users = atoi(optarg); break;
      case 'g': options.give_up_s = atoi(optarg); break;
      case 'h': options.hold = true; break;
      case 'R': options.registers = true; break;
      default: exit(2);
    }
  }
}

int main(int count, char **words) {
  read_options(count, words);
  run_id = getpid();
  server = loopback(options.server);
  calls = calloc(options.calls, sizeof *calls);
  answer_us = calloc(options.calls, sizeof *answer_us);
  if (calls == NULL || answer_us == NULL) fail("calloc");
  open_phone(&caller, &options.caller);
  open_phone(&callee, &options.callee);
  run();
}
