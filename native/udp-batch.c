/*
 * UDP sockets that pass up to 64 datagrams with one system call and one call into JavaScript.
 * src/sip/transport/udp-batch.ts is the other half and the only caller.
 *
 * Both halves work on one block of memory, `struct shared`, so that no datagram crosses as an object:
 *
 *   in   recvmmsg() fills the slots of `in` and the table `received`; JavaScript is called once, with the number
 *        of datagrams, and decodes them where they lie.
 *   out  JavaScript encodes into `out`, describes each datagram in the ring `queue` and moves `tail`; flush()
 *        hands them to sendmmsg() and moves `head`. What the system does not take yet waits for POLLOUT.
 *
 * The loop is entered again after each batch: a flood does not keep timers and other sockets waiting.
 * There are no globals, so that every thread of a process may load this. JavaScript is never trusted with a length
 * or an offset: what it wrote is checked before the kernel reads it.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <node_api.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

enum {
  BATCH = 64,                 /* datagrams of one system call */
  SLOT_BYTES = 65536,         /* more than any datagram has, so none is ever cut off */
  SLOT_STRIDE = 65536 + 1088, /* not a power of two: the first bytes of the slots would share one set of the cache */
  QUEUE = 4096,               /* datagrams that can wait to be sent; a power of two */
  ADDRESS_WORDS = 7,          /* struct sockaddr_in6; sockaddr_in leaves the last ones 0 */
  MEMINFO_WORDS = 9,          /* SO_MEMINFO, linux/sock_diag.h */
  MEMINFO_DROPS = 8
};

_Static_assert(sizeof(struct sockaddr_in6) == ADDRESS_WORDS * 4, "an address has seven words");

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
  uv_poll_t poll;
  int fd;     /* -1 once it is closed */
  int events; /* that are polled for */
  int owners; /* the poll handle, and each function that JavaScript has got */
  socklen_t address_bytes;
  uint32_t out_bytes;
  struct shared *shared;
  napi_env env;
  napi_ref memory, on_event;
  napi_async_context async;
  napi_async_cleanup_hook_handle hook;
  struct mmsghdr in[BATCH], out[BATCH];
  struct iovec in_bytes[BATCH], out_bytes_of[BATCH];
} udp_socket;

static void disown(udp_socket *s) {
  if (--s->owners == 0) free(s);
}

static void on_collected(napi_env env, void *data, void *hint) {
  disown(data);
}

static void on_closed(uv_handle_t *handle) {
  udp_socket *s = (udp_socket *)handle;
  napi_handle_scope scope;
  napi_open_handle_scope(s->env, &scope);
  if (s->memory != NULL) napi_delete_reference(s->env, s->memory);
  if (s->on_event != NULL) napi_delete_reference(s->env, s->on_event);
  if (s->async != NULL) napi_async_destroy(s->env, s->async);
  napi_close_handle_scope(s->env, scope);
  if (s->hook != NULL) napi_remove_async_cleanup_hook(s->hook);
  disown(s);
}

/* Frees the port at once. The shared memory is not touched any more, for JavaScript may drop it. */
static void close_socket(udp_socket *s) {
  if (s->fd < 0) return;
  uv_close((uv_handle_t *)&s->poll, on_closed);
  close(s->fd);
  s->fd = -1;
}

/* The thread ends; it waits until the hook is removed. */
static void on_thread_end(napi_async_cleanup_hook_handle hook, void *data) {
  close_socket(data);
}

/*
 * Calls JavaScript: `count` datagrams have come, or -errno. What it throws is an uncaught exception; it is
 * then called again with 0 and goes on behind the datagram that caused it, so this ends.
 */
static void tell(udp_socket *s, int count) {
  napi_env env = s->env;
  napi_handle_scope scope;
  napi_value on_event, receiver, argument, thrown;
  bool threw;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  do {
    threw = false;
    napi_get_reference_value(env, s->on_event, &on_event);
    napi_get_global(env, &receiver);
    napi_create_int32(env, count, &argument);
    if (napi_make_callback(env, s->async, receiver, on_event, 1, &argument, NULL) == napi_ok) break;
    /* Without an exception the thread is being ended, and no JavaScript runs in it any more. */
    napi_is_exception_pending(env, &threw);
    if (threw && napi_get_and_clear_last_exception(env, &thrown) == napi_ok) napi_fatal_exception(env, thrown);
    count = 0;
  } while (threw && s->fd >= 0);
  napi_close_handle_scope(env, scope);
}

static int receive(udp_socket *s) {
  int count;
  do count = recvmmsg(s->fd, s->in, BATCH, 0, NULL);
  while (count < 0 && errno == EINTR);
  if (count < 0) return errno == EAGAIN ? 0 : -errno;
  for (int i = 0; i < count; i++) {
    s->shared->received[i].length = (int32_t)s->in[i].msg_len;
    s->in[i].msg_hdr.msg_namelen = s->address_bytes;
  }
  return count;
}

static void on_poll(uv_poll_t *poll, int status, int events);

static void poll_for(udp_socket *s, int events) {
  if (s->events == events) return;
  s->events = events;
  uv_poll_start(&s->poll, events, on_poll);
}

static void on_poll(uv_poll_t *poll, int status, int events) {
  udp_socket *s = (udp_socket *)poll;
  if (status < 0) {
    /* The socket has an error: libuv has stopped to poll, and reading the error clears it. */
    int error = 0;
    socklen_t bytes = sizeof error;
    getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &bytes);
    s->events = 0;
    poll_for(s, UV_READABLE | UV_WRITABLE);
    tell(s, error == 0 ? status : -error);
    return;
  }
  tell(s, (events & UV_READABLE) ? receive(s) : 0);
}

/* Describes the next datagrams for sendmmsg(), up to one whose place is not in `out`; returns how many. */
static unsigned prepare(udp_socket *s) {
  struct shared *shared = s->shared;
  uint32_t waiting = shared->tail - shared->head;
  unsigned count = 0;
  for (; count < BATCH && count < waiting; count++) {
    struct outgoing *one = &shared->queue[(shared->head + count) % QUEUE];
    uint32_t offset = one->offset, length = (uint32_t)one->length;
    if (offset > s->out_bytes || length > s->out_bytes - offset) break;
    s->out_bytes_of[count] = (struct iovec){shared->out + offset, length};
    s->out[count].msg_hdr.msg_name = one->address;
  }
  return count;
}

/* Sends what waits; returns how many datagrams failed, whose length is -errno now. */
static int send_waiting(udp_socket *s) {
  struct shared *shared = s->shared;
  int failed = 0;
  while (shared->head != shared->tail) {
    unsigned count = prepare(s);
    int sent = count == 0 ? -1 : sendmmsg(s->fd, s->out, count, 0);
    int error = count == 0 ? EINVAL : errno;
    if (sent > 0) {
      shared->head += (uint32_t)sent;
    } else if (error == EAGAIN) {
      break;
    } else if (error != EINTR) { /* of the first one; the rest has not been tried */
      shared->queue[shared->head % QUEUE].length = -error;
      shared->head++;
      failed++;
    }
  }
  poll_for(s, shared->head == shared->tail ? UV_READABLE : UV_READABLE | UV_WRITABLE);
  return failed;
}

static int parse_address(const char *text, int port, struct sockaddr_in6 *address) {
  memset(address, 0, sizeof *address);
  if (strchr(text, ':') != NULL) return uv_ip6_addr(text, port, address);
  return uv_ip4_addr(text, port, (struct sockaddr_in *)address);
}

static socklen_t bytes_of(const struct sockaddr_in6 *address) {
  return address->sin6_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

static bool get_address(napi_env env, napi_value text, napi_value port, struct sockaddr_in6 *address) {
  char buffer[INET6_ADDRSTRLEN + IF_NAMESIZE + 1];
  size_t length;
  int32_t number;
  return napi_get_value_string_utf8(env, text, buffer, sizeof buffer, &length) == napi_ok &&
         length < sizeof buffer - 1 && napi_get_value_int32(env, port, &number) == napi_ok && number >= 0 &&
         number <= 65535 && parse_address(buffer, number, address) == 0;
}

/* The socket of a function, and its arguments; NULL when it is closed. */
static udp_socket *socket_of(napi_env env, napi_callback_info info, size_t argc, napi_value *argv) {
  void *data = NULL;
  napi_get_cb_info(env, info, &argc, argv, NULL, &data);
  udp_socket *s = data;
  return s->fd < 0 ? NULL : s;
}

static napi_value number(napi_env env, int64_t value) {
  napi_value result = NULL;
  napi_create_int64(env, value, &result);
  return result;
}

/* flush(): number of datagrams that failed */
static napi_value socket_flush(napi_env env, napi_callback_info info) {
  udp_socket *s = socket_of(env, info, 0, NULL);
  return number(env, s == NULL ? 0 : send_waiting(s));
}

/* drops(): datagrams that the system has dropped so far because nobody read fast enough, modulo 2^32 */
static napi_value socket_drops(napi_env env, napi_callback_info info) {
  udp_socket *s = socket_of(env, info, 0, NULL);
  uint32_t memory[MEMINFO_WORDS] = {0};
  socklen_t bytes = sizeof memory;
  if (s != NULL) getsockopt(s->fd, SOL_SOCKET, SO_MEMINFO, memory, &bytes);
  return number(env, memory[MEMINFO_DROPS]);
}

/* resolve(address, port): whether it is an address of the socket's family, which is then in `resolved` */
static napi_value socket_resolve(napi_env env, napi_callback_info info) {
  napi_value argv[2], result = NULL;
  struct sockaddr_in6 address;
  udp_socket *s = socket_of(env, info, 2, argv);
  bool good = s != NULL && get_address(env, argv[0], argv[1], &address) && bytes_of(&address) == s->address_bytes;
  if (good) memcpy(s->shared->resolved, &address, sizeof address);
  napi_get_boolean(env, good, &result);
  return result;
}

/* sender(index): the address that a received datagram came from, in text */
static napi_value socket_sender(napi_env env, napi_callback_info info) {
  napi_value argv[1], result = NULL;
  uint32_t index;
  char text[INET6_ADDRSTRLEN + IF_NAMESIZE + 1] = "";
  struct sockaddr_in6 address;
  udp_socket *s = socket_of(env, info, 1, argv);
  if (s == NULL || napi_get_value_uint32(env, argv[0], &index) != napi_ok || index >= BATCH) return NULL;
  memcpy(&address, s->shared->received[index].address, sizeof address);
  if (address.sin6_family == AF_INET) {
    uv_ip4_name((struct sockaddr_in *)&address, text, sizeof text);
  } else {
    uv_ip6_name(&address, text, INET6_ADDRSTRLEN);
    char *end = text + strlen(text);
    /* An address of one link means something only together with the link. */
    if (IN6_IS_ADDR_LINKLOCAL(&address.sin6_addr) && if_indextoname(address.sin6_scope_id, end + 1) != NULL) *end = '%';
  }
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

static napi_value socket_close(napi_env env, napi_callback_info info) {
  udp_socket *s = socket_of(env, info, 0, NULL);
  if (s != NULL) close_socket(s);
  return NULL;
}

/* Returns the descriptor or -errno. */
static int bind_socket(const struct sockaddr_in6 *address) {
  int on = 1, error;
  int fd = socket(address->sin6_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  /* IPv4 has sockets of its own, so that no address ever shows up as ::ffff:a.b.c.d. */
  if ((address->sin6_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0) ||
      bind(fd, (const struct sockaddr *)address, bytes_of(address)) != 0) {
    error = errno;
    close(fd);
    return -error;
  }
  return fd;
}

/* Asks for a buffer, beyond the limit of the system where we have the right; returns the bytes that were granted. */
static int size_buffer(int fd, int force, int option, int bytes) {
  socklen_t size = sizeof bytes;
  if (setsockopt(fd, SOL_SOCKET, force, &bytes, size) != 0) setsockopt(fd, SOL_SOCKET, option, &bytes, size);
  getsockopt(fd, SOL_SOCKET, option, &bytes, &size);
  return bytes / 2; /* Linux tells twice as much, for its own use beside the datagrams. */
}

static int bound_port(int fd) {
  struct sockaddr_in6 address; /* sockaddr_in has the port in the same place */
  socklen_t bytes = sizeof address;
  return getsockname(fd, (struct sockaddr *)&address, &bytes) == 0 ? ntohs(address.sin6_port) : 0;
}

static bool add_function(udp_socket *s, napi_value object, const char *name, napi_callback callback) {
  napi_value function;
  if (napi_create_function(s->env, name, NAPI_AUTO_LENGTH, callback, s, &function) != napi_ok) return false;
  if (napi_add_finalizer(s->env, function, s, on_collected, NULL, NULL) != napi_ok) return false;
  s->owners++;
  return napi_set_named_property(s->env, object, name, function) == napi_ok;
}

static bool add_number(napi_env env, napi_value object, const char *name, int64_t value) {
  return napi_set_named_property(env, object, name, number(env, value)) == napi_ok;
}

/* Makes what JavaScript and the socket need of each other; false when an exception is pending. */
static bool attach(udp_socket *s, napi_value on_event, napi_value object) {
  napi_env env = s->env;
  napi_value memory, name;
  void *shared;
  if (napi_create_arraybuffer(env, sizeof(struct shared) + s->out_bytes, &shared, &memory) != napi_ok) return false;
  s->shared = shared;
  for (int i = 0; i < BATCH; i++) {
    s->in_bytes[i] = (struct iovec){s->shared->in + i * SLOT_STRIDE, SLOT_BYTES};
    s->in[i].msg_hdr = (struct msghdr){.msg_name = s->shared->received[i].address, .msg_namelen = s->address_bytes,
                                       .msg_iov = &s->in_bytes[i], .msg_iovlen = 1};
    s->out[i].msg_hdr = (struct msghdr){.msg_namelen = s->address_bytes, .msg_iov = &s->out_bytes_of[i], .msg_iovlen = 1};
  }
  return napi_create_reference(env, memory, 1, &s->memory) == napi_ok &&
         napi_create_reference(env, on_event, 1, &s->on_event) == napi_ok &&
         napi_create_string_utf8(env, "sipweet.udp", NAPI_AUTO_LENGTH, &name) == napi_ok &&
         napi_async_init(env, NULL, name, &s->async) == napi_ok &&
         napi_add_async_cleanup_hook(env, on_thread_end, s, &s->hook) == napi_ok &&
         napi_set_named_property(env, object, "memory", memory) == napi_ok &&
         add_number(env, object, "port", bound_port(s->fd)) &&
         add_number(env, object, "batch", BATCH) &&
         add_number(env, object, "queue", QUEUE) &&
         add_number(env, object, "addressWords", ADDRESS_WORDS) &&
         add_number(env, object, "slotStride", SLOT_STRIDE) &&
         add_number(env, object, "resolvedAt", offsetof(struct shared, resolved)) &&
         add_number(env, object, "receivedAt", offsetof(struct shared, received)) &&
         add_number(env, object, "queueAt", offsetof(struct shared, queue)) &&
         add_number(env, object, "inAt", offsetof(struct shared, in)) &&
         add_number(env, object, "outAt", offsetof(struct shared, out)) &&
         add_function(s, object, "flush", socket_flush) &&
         add_function(s, object, "drops", socket_drops) &&
         add_function(s, object, "resolve", socket_resolve) &&
         add_function(s, object, "sender", socket_sender) &&
         add_function(s, object, "close", socket_close);
}

static napi_value throw_errno(napi_env env, int error) {
  napi_throw_error(env, uv_err_name(error), uv_strerror(error));
  return NULL;
}

/*
 * open(address, port, receiveBufferBytes, sendBufferBytes, queueBytes, onEvent): binds a socket and polls it until
 * it is closed. Throws the system's error, with its name as `code`.
 */
static napi_value open_socket(napi_env env, napi_callback_info info) {
  napi_value argv[6], object = NULL;
  napi_valuetype type = napi_undefined;
  size_t argc = 6;
  struct sockaddr_in6 address;
  int32_t receive_bytes, send_bytes, queue_bytes;
  uv_loop_t *loop;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  napi_typeof(env, argv[5], &type);
  if (!get_address(env, argv[0], argv[1], &address) || napi_get_value_int32(env, argv[2], &receive_bytes) != napi_ok ||
      napi_get_value_int32(env, argv[3], &send_bytes) != napi_ok || type != napi_function ||
      napi_get_value_int32(env, argv[4], &queue_bytes) != napi_ok || queue_bytes < 0 ||
      napi_get_uv_event_loop(env, &loop) != napi_ok || napi_create_object(env, &object) != napi_ok) {
    return throw_errno(env, UV_EINVAL);
  }
  int fd = bind_socket(&address);
  if (fd < 0) return throw_errno(env, fd);

  udp_socket *s = calloc(1, sizeof *s);
  int error = s == NULL ? UV_ENOMEM : uv_poll_init(loop, &s->poll, fd);
  if (error != 0) {
    free(s);
    close(fd);
    return throw_errno(env, error);
  }
  s->env = env;
  s->fd = fd;
  s->owners = 1;
  s->address_bytes = bytes_of(&address);
  s->out_bytes = (uint32_t)queue_bytes;
  if (!add_number(env, object, "receiveBufferBytes", size_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, receive_bytes)) ||
      !add_number(env, object, "sendBufferBytes", size_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, send_bytes)) ||
      !attach(s, argv[5], object)) {
    close_socket(s);
    return NULL;
  }
  poll_for(s, UV_READABLE);
  return object;
}

NAPI_MODULE_INIT() {
  napi_value function;
  if (napi_create_function(env, "open", NAPI_AUTO_LENGTH, open_socket, NULL, &function) != napi_ok) return NULL;
  napi_set_named_property(env, exports, "open", function);
  return exports;
}
