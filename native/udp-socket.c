#define _GNU_SOURCE
#include "udp-socket.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

/* Of SO_MEMINFO, linux/sock_diag.h. */
enum { MEMINFO_WORDS = 9, MEMINFO_DROPS = 8 };

_Static_assert(sizeof(struct sockaddr_in6) == ADDRESS_WORDS * 4, "an address has seven words");

int udp_bind(udp_socket *s, const struct sockaddr_in6 *address) {
  int on = 1, error;
  int fd = socket(address->sin6_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  s->address_bytes = udp_address_bytes(address);
  /* IPv4 has sockets of its own, so that no address ever shows up as ::ffff:a.b.c.d. */
  if ((address->sin6_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) ||
      bind(fd, (const struct sockaddr *)address, s->address_bytes) != 0) {
    error = errno;
    close(fd);
    return -error;
  }
  s->fd = fd;
  return 0;
}

void udp_share(udp_socket *s, struct shared *shared, uint32_t out_bytes) {
  s->shared = shared;
  s->out_bytes = out_bytes;
  for (int i = 0; i < BATCH; i++) {
    s->received[i] = (struct iovec){shared->in + i * SLOT_STRIDE, SLOT_BYTES};
    s->receiving[i].msg_hdr = (struct msghdr){.msg_name = shared->received[i].address,
                                              .msg_namelen = s->address_bytes,
                                              .msg_iov = &s->received[i],
                                              .msg_iovlen = 1};
    s->sending[i].msg_hdr = (struct msghdr){.msg_namelen = s->address_bytes, .msg_iov = &s->sent[i], .msg_iovlen = 1};
  }
}

int udp_receive(udp_socket *s) {
  int count;
  do count = recvmmsg(s->fd, s->receiving, BATCH, 0, NULL);
  while (count < 0 && errno == EINTR);
  if (count < 0) return errno == EAGAIN ? 0 : -errno;
  for (int i = 0; i < count; i++) {
    s->shared->received[i].length = (int32_t)s->receiving[i].msg_len;
    s->receiving[i].msg_hdr.msg_namelen = s->address_bytes; /* the system has written there */
  }
  return count;
}

bool udp_waits(const udp_socket *s) {
  return s->shared->head != s->shared->tail;
}

/* Describes the next datagrams for the system, up to one that is not inside of `out`; returns how many. */
static unsigned prepare(udp_socket *s) {
  struct shared *shared = s->shared;
  uint32_t waiting = shared->tail - shared->head;
  unsigned count = 0;
  for (; count < BATCH && count < waiting; count++) {
    struct outgoing *one = &shared->queue[(shared->head + count) % QUEUE];
    uint32_t offset = one->offset, length = (uint32_t)one->length;
    if (offset > s->out_bytes || length > s->out_bytes - offset) break;
    s->sent[count] = (struct iovec){shared->out + offset, length};
    s->sending[count].msg_hdr.msg_name = one->address;
  }
  return count;
}

int udp_send(udp_socket *s) {
  struct shared *shared = s->shared;
  int failed = 0;
  while (udp_waits(s)) {
    unsigned count = prepare(s);
    int sent = count == 0 ? -1 : sendmmsg(s->fd, s->sending, count, 0);
    int error = count == 0 ? EINVAL : errno;
    if (sent > 0) {
      shared->head += (uint32_t)sent;
    } else if (error == EAGAIN) {
      break;
    } else if (error != EINTR) { /* of the first one; the others have not been tried */
      shared->queue[shared->head % QUEUE].length = -error;
      shared->head++;
      failed++;
    }
  }
  return failed;
}

uint32_t udp_drops(const udp_socket *s) {
  uint32_t memory[MEMINFO_WORDS] = {0};
  socklen_t bytes = sizeof memory;
  getsockopt(s->fd, SOL_SOCKET, SO_MEMINFO, memory, &bytes);
  return memory[MEMINFO_DROPS];
}

int udp_error(const udp_socket *s) {
  int error = 0;
  socklen_t bytes = sizeof error;
  getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &bytes);
  return -error;
}

int udp_port(const udp_socket *s) {
  struct sockaddr_in6 address; /* sockaddr_in has the port in the same place */
  socklen_t bytes = sizeof address;
  return getsockname(s->fd, (struct sockaddr *)&address, &bytes) == 0 ? ntohs(address.sin6_port) : 0;
}

static int size_buffer(const udp_socket *s, int force, int option, int bytes) {
  socklen_t size = sizeof bytes;
  if (setsockopt(s->fd, SOL_SOCKET, force, &bytes, size) != 0) setsockopt(s->fd, SOL_SOCKET, option, &bytes, size);
  getsockopt(s->fd, SOL_SOCKET, option, &bytes, &size);
  return bytes / 2; /* Linux tells twice as much, for its own use beside the datagrams. */
}

int udp_receive_buffer(const udp_socket *s, int bytes) {
  return size_buffer(s, SO_RCVBUFFORCE, SO_RCVBUF, bytes);
}

int udp_send_buffer(const udp_socket *s, int bytes) {
  return size_buffer(s, SO_SNDBUFFORCE, SO_SNDBUF, bytes);
}

bool udp_parse_address(const char *text, int port, struct sockaddr_in6 *address) {
  memset(address, 0, sizeof *address);
  if (strchr(text, ':') != NULL) return uv_ip6_addr(text, port, address) == 0;
  return uv_ip4_addr(text, port, (struct sockaddr_in *)address) == 0;
}

void udp_format_address(const struct sockaddr_in6 *address, char *text) {
  *text = '\0';
  if (address->sin6_family == AF_INET) {
    uv_ip4_name((const struct sockaddr_in *)address, text, ADDRESS_TEXT);
    return;
  }
  uv_ip6_name(address, text, INET6_ADDRSTRLEN);
  char *end = text + strlen(text);
  /* An address of one link means something only together with the link. */
  if (IN6_IS_ADDR_LINKLOCAL(&address->sin6_addr) && if_indextoname(address->sin6_scope_id, end + 1) != NULL) *end = '%';
}

socklen_t udp_address_bytes(const struct sockaddr_in6 *address) {
  return address->sin6_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}
