/* The class of sockets: how they come to be, how they end, and the plain calls. */
#include "netproc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What tells our objects from others that wrap something. */
const napi_type_tag socket_tag = {0x6e6574776f726b70, 0x726f636573736573};

/* A call's result, or the negative error number. */
static int told(int result) { return result < 0 ? -errno : result; }

static int set_flags(int fd) {
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) return -1;
#ifdef SO_NOSIGPIPE
  setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &(int){1}, sizeof(int));
#endif
  return fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* SOCK_…, or a negative error number when it is no socket. */
static int type_of(int fd) {
  int type = 0;
  socklen_t length = sizeof type;
  return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) < 0 ? -errno : type;
}

static void link_socket(netsocket *s) {
  s->next = s->owner->sockets;
  if (s->next) s->next->previous = s;
  s->owner->sockets = s;
}

static void unlink_socket(netsocket *s) {
  if (s->next) s->next->previous = s->previous;
  if (s->previous) s->previous->next = s->next;
  else s->owner->sockets = s->next;
}

/* Safe at any time and more than once. */
void socket_close(netsocket *s) {
  close_poll(s);
  if (s->fd >= 0) close(s->fd);
  s->fd = -1;
}

static void free_socket(netsocket *s) {
  state *st = s->owner;
  socket_close(s);
  unlink_socket(s);
  free(s);
  end_state(st);
}

static void finalize(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  free_socket(data);
}

/* Called by socket_object; when called by a script there is nothing to wrap. */
static napi_value construct(napi_env env, napi_callback_info info) {
  call c;
  if (!begin_call(env, info, &c)) return NULL;
  netsocket *s = c.state->newborn;
  if (!s) return throw_type(env, "a socket", "made by socket()");
  if (napi_wrap(env, c.self, s, finalize, NULL, NULL) != napi_ok) return NULL;
  c.state->newborn = NULL; // From now on it is the object's.
  napi_type_tag_object(env, c.self, &socket_tag);
  return c.self;
}

/* The object that owns the descriptor; where that can't be, the descriptor is closed. A negative one means `errno`. */
napi_value socket_object(state *st, int fd) {
  napi_value constructor, object = NULL;
  if (fd < 0) return to_number(st->env, -errno);
  netsocket *s = calloc(1, sizeof *s);
  if (!s) {
    close(fd);
    return to_number(st->env, -ENOMEM);
  }
  s->owner = st;
  s->fd = fd;
  s->type = type_of(fd);
  link_socket(s);
  st->newborn = s;
  if (napi_get_reference_value(st->env, st->constructor, &constructor) != napi_ok ||
      napi_new_instance(st->env, constructor, 0, NULL, &object) != napi_ok) {
    object = NULL;
  }
  if (st->newborn) free_socket(s);
  st->newborn = NULL;
  return object;
}

#ifndef SOCK_CLOEXEC
/* Sets the flags of a descriptor that is ours; closes it where that fails. */
static napi_value flagged(state *st, int fd) {
  if (fd >= 0 && set_flags(fd) < 0) {
    int error = errno;
    close(fd);
    return to_number(st->env, -error);
  }
  return socket_object(st, fd);
}
#endif

napi_value make_socket(napi_env env, napi_callback_info info) {
  call c;
  int family, type, protocol;
  if (!begin_call(env, info, &c) || !read_integer(env, c.args[0], "family", 0, INT_MAX, &family) ||
      !read_integer(env, c.args[1], "type", 0, INT_MAX, &type) ||
      !read_integer(env, c.args[2], "protocol", 0, INT_MAX, &protocol)) {
    return NULL;
  }
#ifdef SOCK_CLOEXEC
  return socket_object(c.state, socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
#else
  return flagged(c.state, socket(family, type, protocol));
#endif
}

napi_value adopt(napi_env env, napi_callback_info info) {
  call c;
  int fd;
  if (!begin_call(env, info, &c) || !read_integer(env, c.args[0], "fd", 0, INT_MAX, &fd)) return NULL;
  int type = type_of(fd);
  if (type < 0) return to_number(env, type);
  if (set_flags(fd) < 0) return to_number(env, -errno);
  return socket_object(c.state, fd);
}

/* Whether it blocks is shared with the other one, whose owner has a say in that. */
static napi_value duplicate_fd(state *st, int fd) { return socket_object(st, fcntl(fd, F_DUPFD_CLOEXEC, 0)); }

napi_value duplicate_of(napi_env env, napi_callback_info info) {
  call c;
  int fd;
  if (!begin_call(env, info, &c) || !read_integer(env, c.args[0], "fd", 0, INT_MAX, &fd)) return NULL;
  int type = type_of(fd);
  return type < 0 ? to_number(env, type) : duplicate_fd(c.state, fd);
}

static napi_value duplicate(napi_env env, napi_callback_info info) {
  call c;
  return begin_method(env, info, &c) ? duplicate_fd(c.state, c.socket->fd) : NULL;
}

static napi_value get_fd(napi_env env, napi_callback_info info) {
  call c;
  return begin_method(env, info, &c) ? to_number(env, c.socket->fd) : NULL;
}

static napi_value bind_to(napi_env env, napi_callback_info info) {
  call c;
  address to;
  if (!begin_method(env, info, &c) || !read_address(env, c.args[0], false, &to)) return NULL;
  return to_number(env, told(bind(c.socket->fd, (struct sockaddr *)&to.storage, to.length)));
}

static napi_value connect_to(napi_env env, napi_callback_info info) {
  call c;
  address to;
  if (!begin_method(env, info, &c) || !read_address(env, c.args[0], false, &to)) return NULL;
  int result = told(connect(c.socket->fd, (struct sockaddr *)&to.storage, to.length));
  // Interrupted it goes on, and calling again would be told that.
  return to_number(env, result == -EINTR ? -EINPROGRESS : result);
}

static napi_value listen_for(napi_env env, napi_callback_info info) {
  call c;
  int backlog;
  if (!begin_method(env, info, &c) || !read_integer(env, c.args[0], "backlog", INT_MIN, INT_MAX, &backlog)) return NULL;
  return to_number(env, told(listen(c.socket->fd, backlog)));
}

static napi_value accept_one(napi_env env, napi_callback_info info) {
  call c;
  int fd;
  if (!begin_method(env, info, &c)) return NULL;
#ifdef __linux__
  do fd = accept4(c.socket->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  while (fd < 0 && errno == EINTR);
  return socket_object(c.state, fd);
#else
  do fd = accept(c.socket->fd, NULL, NULL);
  while (fd < 0 && errno == EINTR);
  return flagged(c.state, fd);
#endif
}

static napi_value shut_down(napi_env env, napi_callback_info info) {
  call c;
  int how;
  if (!begin_method(env, info, &c) || !read_integer(env, c.args[0], "how", 0, 2, &how)) return NULL;
  return to_number(env, told(shutdown(c.socket->fd, how == 0 ? SHUT_RD : how == 1 ? SHUT_WR : SHUT_RDWR)));
}

static bool read_option(call *c, int *level, int *option, bytes *value) {
  if (!read_integer(c->env, c->args[0], "level", INT_MIN, INT_MAX, level) ||
      !read_integer(c->env, c->args[1], "option", INT_MIN, INT_MAX, option) ||
      !read_bytes(c->env, c->args[2], "value", value)) {
    return false;
  }
  if (value->length <= INT_MAX) return true;
  throw_type(c->env, "value", "shorter");
  return false;
}

static napi_value set_option(napi_env env, napi_callback_info info) {
  call c;
  int level, option;
  bytes value;
  if (!begin_method(env, info, &c) || !read_option(&c, &level, &option, &value)) return NULL;
  return to_number(env, told(setsockopt(c.socket->fd, level, option, value.data, (socklen_t)value.length)));
}

static napi_value get_option(napi_env env, napi_callback_info info) {
  call c;
  int level, option;
  bytes value;
  if (!begin_method(env, info, &c) || !read_option(&c, &level, &option, &value)) return NULL;
  socklen_t length = (socklen_t)value.length;
  int result = told(getsockopt(c.socket->fd, level, option, value.data, &length));
  return to_number(env, result < 0 ? result : (int)length);
}

typedef int name_call(int, struct sockaddr *restrict, socklen_t *restrict);

static napi_value name_by(napi_env env, napi_callback_info info, name_call *get) {
  call c;
  struct sockaddr_storage name;
  socklen_t length = sizeof name;
  if (!begin_method(env, info, &c)) return NULL;
  if (get(c.socket->fd, (struct sockaddr *)&name, &length) < 0) return to_number(env, -errno);
  return to_bytes(env, &name, length < sizeof name ? length : sizeof name);
}

static napi_value get_name(napi_env env, napi_callback_info info) { return name_by(env, info, getsockname); }

static napi_value get_peer_name(napi_env env, napi_callback_info info) { return name_by(env, info, getpeername); }

#ifndef POLLRDHUP
#define POLLRDHUP 0 /* POLLHUP tells it where there is none. */
#endif

/* What came before the end is to be read before it is told. */
static napi_value peer_ended(napi_env env, napi_callback_info info) {
  call c;
  int queued = 0;
  napi_value result = NULL;
  if (!begin_method(env, info, &c)) return NULL;
  struct pollfd one = {.fd = c.socket->fd, .events = POLLRDHUP};
  bool has_ended = poll(&one, 1, 0) > 0 && (one.revents & (POLLRDHUP | POLLHUP)) != 0;
  if (has_ended && ioctl(c.socket->fd, FIONREAD, &queued) == 0 && queued > 0) has_ended = false;
  napi_get_boolean(env, has_ended, &result);
  return result;
}

/* What has come stays for whoever reads the socket. */
static napi_value peek(napi_env env, napi_callback_info info) {
  call c;
  bytes into;
  ssize_t seen;
  if (!begin_method(env, info, &c) || !read_bytes(env, c.args[0], "into", &into)) return NULL;
  size_t length = into.length < INT_MAX ? into.length : INT_MAX;
  do seen = recv(c.socket->fd, into.data, length, MSG_PEEK | MSG_DONTWAIT);
  while (seen < 0 && errno == EINTR);
  return to_number(env, seen < 0 ? -errno : (int)seen);
}

static napi_value release(napi_env env, napi_callback_info info) {
  call c;
  if (!begin_method(env, info, &c)) return NULL;
  int fd = c.socket->fd;
  close_poll(c.socket);
  c.socket->fd = -1;
  return to_number(env, fd < 0 ? -EBADF : fd);
}

static napi_value close_method(napi_env env, napi_callback_info info) {
  call c;
  if (begin_method(env, info, &c)) socket_close(c.socket);
  return NULL;
}

#define METHOD(name, function) {name, NULL, function, NULL, NULL, NULL, napi_default_method, st}

bool define_socket(state *st) {
  napi_value constructor;
  const napi_property_descriptor properties[] = {
      {"fd", NULL, NULL, get_fd, NULL, NULL, napi_configurable, st},
      METHOD("bind", bind_to),
      METHOD("connect", connect_to),
      METHOD("listen", listen_for),
      METHOD("accept", accept_one),
      METHOD("duplicate", duplicate),
      METHOD("shutdown", shut_down),
      METHOD("setOption", set_option),
      METHOD("getOption", get_option),
      METHOD("name", get_name),
      METHOD("peerName", get_peer_name),
      METHOD("send", send_one),
      METHOD("sendMany", send_many),
      METHOD("receive", receive),
      METHOD("peek", peek),
      METHOD("peerEnded", peer_ended),
      METHOD("watch", watch),
      METHOD("release", release),
      METHOD("close", close_method),
  };
  return napi_define_class(st->env, "NativeSocket", NAPI_AUTO_LENGTH, construct, st,
                           sizeof properties / sizeof *properties, properties, &constructor) == napi_ok &&
         napi_create_reference(st->env, constructor, 1, &st->constructor) == napi_ok;
}
