/*
 * What a call costs when nothing is done for it: passes each datagram on unread, from the caller's port to the callee's
 * and back, and answers an INVITE with 100 and a REGISTER with 200. It moves the datagrams of a call that a proxy
 * moves, in batches and on one thread, and keeps no state; what it costs is the kernel's, and every server's share of it.
 *
 *   forwarder      listens on udp:127.0.0.1:5060, until SIGTERM; caller on port 5080, callee on port 5070
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { BATCH = 64, DATAGRAM_BYTES = 2048, SOCKET_BUFFER_BYTES = 4 << 20, SERVER = 5060, CALLEE = 5070, CALLER = 5080 };

/* About what a proxy adds to a request: its Via and Record-Route. */
static const char ADDED[] =
    "Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK0123456789ab.0.0.0\r\nRecord-Route: <sip:127.0.0.1:5060;lr;ftag=0>\r\n";

struct batch {
  int count;
  struct mmsghdr headers[2 * BATCH];
  struct iovec parts[2 * BATCH];
  struct sockaddr_in peers[2 * BATCH];
  char texts[2 * BATCH][DATAGRAM_BYTES];
};

static struct batch in, out;

static void prepare(struct batch *batch, int at, size_t bytes) {
  batch->parts[at] = (struct iovec){batch->texts[at], bytes};
  batch->headers[at].msg_hdr = (struct msghdr){
      .msg_name = &batch->peers[at], .msg_namelen = sizeof batch->peers[at], .msg_iov = &batch->parts[at], .msg_iovlen = 1};
}

static void put(const char *head, size_t head_bytes, const char *text, size_t bytes, struct sockaddr_in to) {
  char *at = out.texts[out.count];
  if (head_bytes + bytes > DATAGRAM_BYTES) return;
  memcpy(at, head, head_bytes);
  memcpy(at + head_bytes, text, bytes);
  out.peers[out.count] = to;
  prepare(&out, out.count, head_bytes + bytes);
  out.count++;
}

/* The message's own header fields behind another start line. */
static void answer(const char *status, const char *text, size_t bytes, struct sockaddr_in to) {
  const char *line_end = memchr(text, '\r', bytes);
  if (line_end != NULL) put(status, strlen(status), line_end, bytes - (line_end - text), to);
}

static bool starts_with(const char *text, size_t bytes, const char *word) {
  return bytes >= strlen(word) && memcmp(text, word, strlen(word)) == 0;
}

static void pass_on(const char *text, size_t bytes, struct sockaddr_in from) {
  struct sockaddr_in to = from;
  if (starts_with(text, bytes, "REGISTER ")) {
    answer("SIP/2.0 200 OK", text, bytes, from);
    return;
  }
  if (starts_with(text, bytes, "INVITE ")) answer("SIP/2.0 100 Trying", text, bytes, from);
  bool from_caller = ntohs(from.sin_port) == CALLER;
  to.sin_port = htons(from_caller ? CALLEE : CALLER);
  const char *line_end = memchr(text, '\n', bytes);
  if (line_end == NULL || !from_caller) {
    put("", 0, text, bytes, to);
    return;
  }
  /* A request gets longer on its way. What was added is left in the answers to it: the caller reads past it. */
  static char head[DATAGRAM_BYTES];
  size_t line = line_end + 1 - text;
  if (line + sizeof ADDED > sizeof head) return;
  memcpy(head, text, line);
  memcpy(head + line, ADDED, sizeof ADDED - 1);
  put(head, line + sizeof ADDED - 1, text + line, bytes - line, to);
}

int main(void) {
  int udp = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), bytes = SOCKET_BUFFER_BYTES;
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(SERVER), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(udp, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  if (udp < 0 || bind(udp, (struct sockaddr *)&own, sizeof own) != 0) {
    perror("udp:127.0.0.1:5060");
    return 1;
  }
  struct pollfd readable = {.fd = udp, .events = POLLIN};
  for (;;) {
    poll(&readable, 1, -1);
    for (int at = 0; at < BATCH; at++) prepare(&in, at, DATAGRAM_BYTES);
    in.count = recvmmsg(udp, in.headers, BATCH, 0, NULL);
    out.count = 0;
    for (int at = 0; at < in.count; at++) pass_on(in.texts[at], in.headers[at].msg_len, in.peers[at]);
    for (int sent = 0; sent < out.count;) {
      int now = sendmmsg(udp, out.headers + sent, out.count - sent, 0);
      sent += now > 0 ? now : 1;
    }
  }
}
