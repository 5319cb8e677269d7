/* Watching sockets with libuv's polls. */
#include "netproc.h"

#include <errno.h>
#include <stdlib.h>

/* A throwing listener must not go unnoticed: it is the program's uncaughtException. */
static void report_exception(napi_env env) {
  bool is_pending = false;
  napi_value error;
  if (napi_is_exception_pending(env, &is_pending) == napi_ok && is_pending &&
      napi_get_and_clear_last_exception(env, &error) == napi_ok) {
    napi_fatal_exception(env, error);
  }
}

static void call_ready(netsocket *s, int events) {
  napi_env env = s->owner->env;
  napi_handle_scope scope;
  napi_value self, ready, argument;
  if (napi_open_handle_scope(env, &scope) != napi_ok) return;
  if (napi_get_reference_value(env, s->self, &self) == napi_ok &&
      napi_get_reference_value(env, s->ready, &ready) == napi_ok &&
      napi_create_int32(env, events, &argument) == napi_ok) {
    // The way in from the event loop: nextTick and promises are served behind it.
    if (napi_make_callback(env, NULL, self, ready, 1, &argument, NULL) != napi_ok) report_exception(env);
  }
  napi_close_handle_scope(env, scope);
}

static void on_ready(uv_poll_t *poll, int status, int events) {
  netsocket *s = poll->data;
  // libuv stops the poll and tells EBADF when the socket holds an error. The system's own poll calls that ready: the
  // next call on the socket tells which error it is. So do we, and go on watching.
  if (status < 0) {
    events = s->events;
    status = uv_poll_start(poll, events, on_ready);
  }
  if (status < 0) call_ready(s, status);
  else if (events & s->events) call_ready(s, events & s->events);
}

static void drop_references(netsocket *s) {
  if (s->self) napi_delete_reference(s->owner->env, s->self);
  if (s->ready) napi_delete_reference(s->owner->env, s->ready);
  s->self = s->ready = NULL;
}

/* The poll stays for the next time: it keeps nothing alive. */
void unwatch(netsocket *s) {
  if (s->poll) uv_poll_stop(s->poll);
  s->events = 0;
  drop_references(s);
}

/* Before the descriptor is closed or given away. The handle's memory is libuv's until it calls poll_closed. */
void close_poll(netsocket *s) {
  unwatch(s);
  if (!s->poll) return;
  s->poll->data = s->owner;
  s->owner->closing += 1;
  uv_close((uv_handle_t *)s->poll, poll_closed);
  s->poll = NULL;
}

static int open_poll(netsocket *s) {
  // The program may run another libuv than the one whose headers we saw.
  uv_poll_t *poll = calloc(1, uv_handle_size(UV_POLL));
  if (!poll) return -ENOMEM;
  int result = uv_poll_init(s->owner->loop, poll, s->fd);
  if (result < 0) {
    free(poll); // Not yet libuv's.
    return result;
  }
  poll->data = s;
  s->poll = poll;
  return 0;
}

static bool keep_references(netsocket *s, napi_value self, napi_value ready) {
  drop_references(s);
  napi_env env = s->owner->env;
  return napi_create_reference(env, self, 1, &s->self) == napi_ok &&
         napi_create_reference(env, ready, 1, &s->ready) == napi_ok;
}

napi_value watch(napi_env env, napi_callback_info info) {
  call c;
  int events;
  napi_valuetype type;
  if (!begin_method(env, info, &c) ||
      !read_integer(env, c.args[0], "events", 0, UV_READABLE | UV_WRITABLE, &events)) {
    return NULL;
  }
  netsocket *s = c.socket;
  if (events && (napi_typeof(env, c.args[1], &type) != napi_ok || type != napi_function)) {
    return throw_type(env, "ready", "a function");
  }
  if (s->fd < 0) return to_number(env, -EBADF);
  if (!events) {
    unwatch(s);
    return to_number(env, 0);
  }
  int result = s->poll ? 0 : open_poll(s);
  if (result == 0 && events != s->events) result = uv_poll_start(s->poll, events, on_ready);
  if (result < 0) return to_number(env, result);
  s->events = events;
  if (keep_references(s, c.self, c.args[1])) return to_number(env, 0);
  unwatch(s);
  return NULL;
}
