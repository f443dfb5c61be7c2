/*
 * The binding of udp-socket.h to JavaScript: one call for each batch that arrives. The loop is entered again after each
 * of them, so that a flood does not keep timers and other sockets waiting. There are no globals: every thread
 * of a process may load this.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include "udp-socket.h"
#include <node_api.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

typedef struct {
  uv_poll_t poll;
  udp_socket udp;
  int events; /* that are polled for */
  int owners; /* the poll handle, and each function that JavaScript has got */
  napi_env env;
  napi_ref memory, on_event;
  napi_async_context async;
  napi_async_cleanup_hook_handle hook;
} binding;

static void disown(binding *b) {
  if (--b->owners == 0) free(b);
}

static void on_collected(napi_env env, void *data, void *hint) {
  disown(data);
}

static void on_closed(uv_handle_t *handle) {
  binding *b = (binding *)handle;
  napi_handle_scope scope;
  napi_open_handle_scope(b->env, &scope);
  if (b->memory != NULL) napi_delete_reference(b->env, b->memory);
  if (b->on_event != NULL) napi_delete_reference(b->env, b->on_event);
  if (b->async != NULL) napi_async_destroy(b->env, b->async);
  napi_close_handle_scope(b->env, scope);
  if (b->hook != NULL) napi_remove_async_cleanup_hook(b->hook);
  disown(b);
}

/* Frees the port at once. The shared memory is not touched any more, for JavaScript may drop it. */
static void close_socket(binding *b) {
  if (b->udp.fd < 0) return;
  uv_close((uv_handle_t *)&b->poll, on_closed);
  close(b->udp.fd);
  b->udp.fd = -1;
}

/* The thread ends; it waits until the hook is removed. */
static void on_thread_end(napi_async_cleanup_hook_handle hook, void *data) {
  close_socket(data);
}

/*
 * Calls JavaScript: `count` datagrams have come, or -errno. What it throws is an uncaught exception; it is
 * then called again with 0 and goes on behind the datagram that caused it, so this ends.
 */
static void tell(binding *b, int count) {
  napi_env env = b->env;
  napi_handle_scope scope;
  napi_value on_event, receiver, argument, thrown;
  bool threw;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  do {
    threw = false;
    napi_get_reference_value(env, b->on_event, &on_event);
    napi_get_global(env, &receiver);
    napi_create_int32(env, count, &argument);
    if (napi_make_callback(env, b->async, receiver, on_event, 1, &argument, NULL) == napi_ok) break;
    /* Without an exception the thread is being ended, and no JavaScript runs in it any more. */
    napi_is_exception_pending(env, &threw);
    if (threw && napi_get_and_clear_last_exception(env, &thrown) == napi_ok) napi_fatal_exception(env, thrown);
    count = 0;
  } while (threw && b->udp.fd >= 0);
  napi_close_handle_scope(env, scope);
}

static void poll_for(binding *b, int events);

static void on_poll(uv_poll_t *poll, int status, int events) {
  binding *b = (binding *)poll;
  if (status == 0) {
    tell(b, (events & UV_READABLE) ? udp_receive(&b->udp) : 0);
    return;
  }
  /* The socket has an error, and libuv has stopped to poll. */
  int error = udp_error(&b->udp);
  b->events = 0;
  poll_for(b, UV_READABLE | UV_WRITABLE);
  tell(b, error == 0 ? status : error);
}

static void poll_for(binding *b, int events) {
  if (b->events == events) return;
  b->events = events;
  uv_poll_start(&b->poll, events, on_poll);
}

static bool get_address(napi_env env, napi_value text, napi_value port, struct sockaddr_in6 *address) {
  char buffer[ADDRESS_TEXT];
  size_t length;
  int32_t number;
  return napi_get_value_string_utf8(env, text, buffer, sizeof buffer, &length) == napi_ok &&
         length < sizeof buffer - 1 && napi_get_value_int32(env, port, &number) == napi_ok && number >= 0 &&
         number <= 65535 && udp_parse_address(buffer, number, address);
}

/* The socket of a function, and its arguments; NULL when it is closed. */
static binding *binding_of(napi_env env, napi_callback_info info, size_t argc, napi_value *argv) {
  void *data = NULL;
  if (napi_get_cb_info(env, info, &argc, argv, NULL, &data) != napi_ok) return NULL;
  binding *b = data;
  return b->udp.fd < 0 ? NULL : b;
}

static napi_value number(napi_env env, int64_t value) {
  napi_value result = NULL;
  napi_create_int64(env, value, &result);
  return result;
}

/* flush(): how many datagrams failed */
static napi_value socket_flush(napi_env env, napi_callback_info info) {
  binding *b = binding_of(env, info, 0, NULL);
  if (b == NULL) return number(env, 0);
  int failed = udp_send(&b->udp);
  poll_for(b, udp_waits(&b->udp) ? UV_READABLE | UV_WRITABLE : UV_READABLE);
  return number(env, failed);
}

/* drops() */
static napi_value socket_drops(napi_env env, napi_callback_info info) {
  binding *b = binding_of(env, info, 0, NULL);
  return number(env, b == NULL ? 0 : udp_drops(&b->udp));
}

/* resolve(address, port): whether it is an address of the socket's family, which is then in `resolved` */
static napi_value socket_resolve(napi_env env, napi_callback_info info) {
  napi_value argv[2], result = NULL;
  struct sockaddr_in6 address;
  binding *b = binding_of(env, info, 2, argv);
  bool good = b != NULL && get_address(env, argv[0], argv[1], &address) &&
              udp_address_bytes(&address) == b->udp.address_bytes;
  if (good) memcpy(b->udp.shared->resolved, &address, sizeof address);
  napi_get_boolean(env, good, &result);
  return result;
}

/* sender(index): the address that a received datagram came from, in text */
static napi_value socket_sender(napi_env env, napi_callback_info info) {
  napi_value argv[1], result = NULL;
  uint32_t index;
  char text[ADDRESS_TEXT];
  struct sockaddr_in6 address;
  binding *b = binding_of(env, info, 1, argv);
  if (b == NULL || napi_get_value_uint32(env, argv[0], &index) != napi_ok || index >= BATCH) return NULL;
  memcpy(&address, b->udp.shared->received[index].address, sizeof address);
  udp_format_address(&address, text);
  napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &result);
  return result;
}

/* close() */
static napi_value socket_close(napi_env env, napi_callback_info info) {
  binding *b = binding_of(env, info, 0, NULL);
  if (b != NULL) close_socket(b);
  return NULL;
}

static bool add_function(binding *b, napi_value object, const char *name, napi_callback callback) {
  napi_value function;
  if (napi_create_function(b->env, name, NAPI_AUTO_LENGTH, callback, b, &function) != napi_ok) return false;
  if (napi_add_finalizer(b->env, function, b, on_collected, NULL, NULL) != napi_ok) return false;
  b->owners++;
  return napi_set_named_property(b->env, object, name, function) == napi_ok;
}

static bool add_number(napi_env env, napi_value object, const char *name, int64_t value) {
  return napi_set_named_property(env, object, name, number(env, value)) == napi_ok;
}

/* Makes the memory, and what the socket and JavaScript need of each other; false when an exception is pending. */
static bool attach(binding *b, napi_value on_event, napi_value object, uint32_t out_bytes) {
  napi_env env = b->env;
  napi_value memory, name;
  void *bytes;
  if (napi_create_arraybuffer(env, sizeof(struct shared) + out_bytes, &bytes, &memory) != napi_ok) return false;
  udp_share(&b->udp, bytes, out_bytes);
  return napi_create_reference(env, memory, 1, &b->memory) == napi_ok &&
         napi_create_reference(env, on_event, 1, &b->on_event) == napi_ok &&
         napi_create_string_utf8(env, "sipweet.udp", NAPI_AUTO_LENGTH, &name) == napi_ok &&
         napi_async_init(env, NULL, name, &b->async) == napi_ok &&
         napi_add_async_cleanup_hook(env, on_thread_end, b, &b->hook) == napi_ok &&
         napi_set_named_property(env, object, "memory", memory) == napi_ok &&
         add_number(env, object, "port", udp_port(&b->udp)) &&
         add_number(env, object, "batch", BATCH) &&
         add_number(env, object, "queue", QUEUE) &&
         add_number(env, object, "addressWords", ADDRESS_WORDS) &&
         add_number(env, object, "slotStride", SLOT_STRIDE) &&
         add_number(env, object, "resolvedAt", offsetof(struct shared, resolved)) &&
         add_number(env, object, "receivedAt", offsetof(struct shared, received)) &&
         add_number(env, object, "queueAt", offsetof(struct shared, queue)) &&
         add_number(env, object, "inAt", offsetof(struct shared, in)) &&
         add_number(env, object, "outAt", offsetof(struct shared, out)) &&
         add_function(b, object, "flush", socket_flush) &&
         add_function(b, object, "drops", socket_drops) &&
         add_function(b, object, "resolve", socket_resolve) &&
         add_function(b, object, "sender", socket_sender) &&
         add_function(b, object, "close", socket_close);
}

static napi_value throw_error(napi_env env, int error) {
  napi_throw_error(env, uv_err_name(error), uv_strerror(error));
  return NULL;
}

/*
 * open(address, port, receiveBufferBytes, sendBufferBytes, queueBytes, onEvent): binds a socket and polls it until
 * it is closed. Throws the system's error, with its name as `code`.
 */
static napi_value open_socket(napi_env env, napi_callback_info info) {
  napi_value argv[6], object;
  napi_valuetype type;
  size_t argc = 6;
  struct sockaddr_in6 address;
  int32_t receive_bytes, send_bytes, queue_bytes;
  uv_loop_t *loop;
  if (napi_get_cb_info(env, info, &argc, argv, NULL, NULL) != napi_ok ||
      !get_address(env, argv[0], argv[1], &address) ||
      napi_get_value_int32(env, argv[2], &receive_bytes) != napi_ok ||
      napi_get_value_int32(env, argv[3], &send_bytes) != napi_ok ||
      napi_get_value_int32(env, argv[4], &queue_bytes) != napi_ok || queue_bytes < 0 ||
      napi_typeof(env, argv[5], &type) != napi_ok || type != napi_function ||
      napi_get_uv_event_loop(env, &loop) != napi_ok || napi_create_object(env, &object) != napi_ok) {
    return throw_error(env, UV_EINVAL);
  }
  binding *b = calloc(1, sizeof *b);
  if (b == NULL) return throw_error(env, UV_ENOMEM);
  int error = udp_bind(&b->udp, &address);
  if (error == 0 && (error = uv_poll_init(loop, &b->poll, b->udp.fd)) != 0) close(b->udp.fd);
  if (error != 0) {
    free(b);
    return throw_error(env, error);
  }
  b->env = env;
  b->owners = 1;
  if (!add_number(env, object, "receiveBufferBytes", udp_receive_buffer(&b->udp, receive_bytes)) ||
      !add_number(env, object, "sendBufferBytes", udp_send_buffer(&b->udp, send_bytes)) ||
      !attach(b, argv[5], object, (uint32_t)queue_bytes)) {
    close_socket(b);
    return NULL;
  }
  poll_for(b, UV_READABLE);
  return object;
}

NAPI_MODULE_INIT() {
  napi_value function;
  if (napi_create_function(env, "open", NAPI_AUTO_LENGTH, open_socket, NULL, &function) != napi_ok ||
      napi_set_named_property(env, exports, "open", function) != napi_ok) {
    return NULL;
  }
  return exports;
}
