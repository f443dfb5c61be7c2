/*
 * A UDP socket that passes up to 64 datagrams with one system call, and the memory through which it does: all
 * that src/sip/transport/udp-batch.ts and this side both touch lies in one block.
 *
 *   in   udp_receive() fills the slots of `in` and the table `received`; JavaScript decodes them where they lie.
 *   out  JavaScript encodes into `out`, describes each datagram in the ring `queue` and moves `tail`; udp_send()
 *        hands them to the system and moves `head`.
 *
 * JavaScript is never trusted with a length or an offset: what it wrote is checked before the kernel reads it.
 */
#ifndef UDP_SOCKET_H
#define UDP_SOCKET_H

#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
  BATCH = 64,                 /* datagrams of one system call */
  SLOT_BYTES = 65536,         /* more than any datagram has, so none is ever cut off */
  SLOT_STRIDE = 65536 + 1088, /* not a power of two: the first bytes of the slots would share one set of the cache */
  QUEUE = 4096,               /* datagrams that can wait to be sent; a power of two */
  ADDRESS_WORDS = 7,          /* struct sockaddr_in6; the last ones of sockaddr_in stay 0 */
  ADDRESS_TEXT = INET6_ADDRSTRLEN + IF_NAMESIZE + 1
};

struct received {
  int32_t length;
  uint32_t address[ADDRESS_WORDS];
};

struct outgoing {
  uint32_t offset; /* in `out` */
  int32_t length;  /* after a failure -errno */
  uint32_t address[ADDRESS_WORDS];
};

struct shared {
  uint32_t head, tail; /* of `queue`; both only grow, and wrap */
  uint32_t resolved[ADDRESS_WORDS];
  struct received received[BATCH];
  struct outgoing queue[QUEUE];
  char in[BATCH * SLOT_STRIDE];
  char out[];
};

typedef struct {
  int fd; /* -1 once it is closed */
  socklen_t address_bytes;
  uint32_t out_bytes;
  struct shared *shared;
  struct mmsghdr receiving[BATCH], sending[BATCH];
  struct iovec received[BATCH], sent[BATCH];
} udp_socket;

/* Binds; returns 0 or -errno. */
int udp_bind(udp_socket *s, const struct sockaddr_in6 *address);

/* Gives the socket its memory, which ends with `out_bytes` bytes of `out`. */
void udp_share(udp_socket *s, struct shared *shared, uint32_t out_bytes);

/* Returns how many datagrams have come, or -errno. */
int udp_receive(udp_socket *s);

/* Sends what waits and can be sent now; returns how many datagrams failed, whose length is -errno now. */
int udp_send(udp_socket *s);

/* Whether datagrams wait for the system to take more. */
bool udp_waits(const udp_socket *s);

/* Datagrams that the system has dropped so far because nobody read fast enough, modulo 2^32. */
uint32_t udp_drops(const udp_socket *s);

/* The error of the socket, which is then cleared, as -errno. */
int udp_error(const udp_socket *s);

int udp_port(const udp_socket *s);

/* Ask for buffers, beyond the limit of the system where we have the right; return the bytes that were granted. */
int udp_receive_buffer(const udp_socket *s, int bytes);
int udp_send_buffer(const udp_socket *s, int bytes);

/* A numeric address, IPv6 without brackets and perhaps with a zone; `text` has ADDRESS_TEXT bytes. */
bool udp_parse_address(const char *text, int port, struct sockaddr_in6 *address);
void udp_format_address(const struct sockaddr_in6 *address, char *text);

/* Of struct sockaddr_in or sockaddr_in6, which have their family in the same place. */
socklen_t udp_address_bytes(const struct sockaddr_in6 *address);

#endif
