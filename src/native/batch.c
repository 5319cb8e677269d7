/* Messages, one and many at once. */
#include "netproc.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* There is SO_NOSIGPIPE instead. */
#endif

#ifdef __linux__
#define ASK_FULL_SIZE MSG_TRUNC
#else
#define ASK_FULL_SIZE 0 /* There it is an answer only. */
#endif

/* Where a message goes on that the slab can't hold; memory that nothing was written to costs nothing. */
#define OVERFLOW_SIZE ((size_t)16 << 20)
#define OVERFLOW_KEPT ((size_t)1 << 20)

/* Messages for one call of the system's. */
#define CHUNK 64

napi_value send_one(napi_env env, napi_callback_info info) {
  call c;
  address to;
  bytes message;
  ssize_t sent;
  if (!begin_method(env, info, &c) || !read_bytes(env, c.args[0], "bytes", &message) ||
      !read_address(env, c.args[1], true, &to)) {
    return NULL;
  }
  // What goes beyond the largest result is for a next call; a message of that size there is not.
  size_t length = message.length < INT_MAX ? message.length : INT_MAX;
  const struct sockaddr *name = to.length ? (struct sockaddr *)&to.storage : NULL;
  do sent = sendto(c.socket->fd, message.data, length, MSG_NOSIGNAL, name, to.length);
  while (sent < 0 && errno == EINTR);
  return to_number(env, sent < 0 ? -errno : (int)sent);
}

#ifdef __linux__
static int send_messages(int fd, struct mmsghdr *headers, int count) {
  int sent;
  do sent = sendmmsg(fd, headers, (unsigned)count, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent < 0 ? -errno : sent;
}
#else
struct mmsghdr {
  struct msghdr msg_hdr;
  unsigned msg_len;
};

static int send_messages(int fd, struct mmsghdr *headers, int count) {
  int done = 0;
  while (done < count) {
    ssize_t sent = sendmsg(fd, &headers[done].msg_hdr, MSG_NOSIGNAL);
    if (sent >= 0) done += 1;
    else if (errno != EINTR) return done ? done : -errno;
  }
  return done;
}
#endif

/*
 * Sends `count` messages of `array`. All are fetched before the memory of any is looked at: fetching may run a script,
 * and that may do what it wants to the others and to the socket.
 *
 * Returns false when an exception is under way; else sets `sent` to how many, or to a negative error number.
 */
static bool send_chunk(call *c, napi_value array, uint32_t from, int count, address *to, int *sent) {
  napi_value values[CHUNK];
  struct iovec parts[CHUNK];
  struct mmsghdr headers[CHUNK];
  for (int i = 0; i < count; i += 1) {
    if (napi_get_element(c->env, array, from + (uint32_t)i, &values[i]) != napi_ok) return false;
  }
  memset(headers, 0, sizeof *headers * (size_t)count);
  for (int i = 0; i < count; i += 1) {
    bytes message;
    if (!read_bytes(c->env, values[i], "a message", &message)) return false;
    parts[i] = (struct iovec){message.data, message.length};
    headers[i].msg_hdr.msg_iov = &parts[i];
    headers[i].msg_hdr.msg_iovlen = 1;
    if (to->length) {
      headers[i].msg_hdr.msg_name = &to->storage;
      headers[i].msg_hdr.msg_namelen = to->length;
    }
  }
  *sent = send_messages(c->socket->fd, headers, count);
  return true;
}

/* As send_chunk; handles of a chunk's messages are given back behind it. */
static bool send_scoped(call *c, uint32_t from, int count, address *to, int *sent) {
  napi_handle_scope scope;
  if (napi_open_handle_scope(c->env, &scope) != napi_ok) return false;
  bool is_well = send_chunk(c, c->args[0], from, count, to, sent);
  napi_close_handle_scope(c->env, scope);
  return is_well;
}

/* What was sent before an exception must be told; the next call, which begins there, will throw it. */
static napi_value told_instead(call *c, int done) {
  napi_value error;
  if (done == 0 || napi_get_and_clear_last_exception(c->env, &error) != napi_ok) return NULL;
  return to_number(c->env, done);
}

napi_value send_many(napi_env env, napi_callback_info info) {
  call c;
  address to;
  bool is_array = false;
  uint32_t length;
  int from;
  if (!begin_method(env, info, &c)) return NULL;
  if (napi_is_array(env, c.args[0], &is_array) != napi_ok || !is_array ||
      napi_get_array_length(env, c.args[0], &length) != napi_ok || length > INT_MAX) {
    return throw_type(env, "messages", "an array");
  }
  if (!read_integer(env, c.args[1], "from", 0, (int)length, &from) || !read_address(env, c.args[2], true, &to)) {
    return NULL;
  }
  if (c.socket->fd < 0) return to_number(env, -EBADF);
  // Of a stream's bytes only some may be taken, which a number of messages can't tell.
  if (c.socket->type == SOCK_STREAM) return to_number(env, -EOPNOTSUPP);
  int done = 0;
  while (from + done < (int)length) {
    int left = (int)length - from - done;
    int count = left < CHUNK ? left : CHUNK;
    int sent;
    if (!send_scoped(&c, (uint32_t)(from + done), count, &to, &sent)) return told_instead(&c, done);
    if (sent < 0) return to_number(env, done ? done : sent);
    done += sent;
    if (sent < count) break;
  }
  return to_number(env, done);
}

/* A Batch of a script's. */
typedef struct {
  int count;
  int32_t *lengths, *sizes;
  bytes slab;
  uint8_t *from;         /* NULL where nobody asks */
  int32_t *from_lengths; /* as `from` */
} batch;

/* Fetches all, then looks at them: fetching may run a script. */
static bool read_batch(napi_env env, napi_value object, batch *b) {
  napi_value lengths, sizes, slab, from, from_lengths;
  bytes counted, sized, senders, sender_lengths;
  if (napi_get_named_property(env, object, "lengths", &lengths) != napi_ok ||
      napi_get_named_property(env, object, "sizes", &sizes) != napi_ok ||
      napi_get_named_property(env, object, "slab", &slab) != napi_ok ||
      napi_get_named_property(env, object, "from", &from) != napi_ok ||
      (!is_nothing(env, from) && napi_get_named_property(env, object, "fromLengths", &from_lengths) != napi_ok)) {
    throw_type(env, "into", "a batch");
    return false;
  }
  if (!read_array(env, lengths, "lengths", napi_int32_array, &counted) ||
      !read_array(env, sizes, "sizes", napi_int32_array, &sized) || !read_bytes(env, slab, "slab", &b->slab)) {
    return false;
  }
  b->from = NULL;
  b->from_lengths = NULL;
  bool is_short = counted.length < 1 || counted.length > INT_MAX / ADDRESS_SIZE || sized.length < counted.length ||
                  b->slab.length < 1 || b->slab.length > INT_MAX;
  if (!is_nothing(env, from)) {
    if (!read_bytes(env, from, "from", &senders) ||
        !read_array(env, from_lengths, "fromLengths", napi_int32_array, &sender_lengths)) {
      return false;
    }
    is_short = is_short || senders.length / (size_t)ADDRESS_SIZE < counted.length ||
               sender_lengths.length < counted.length;
    b->from = senders.data;
    b->from_lengths = (int32_t *)(void *)sender_lengths.data;
  }
  b->count = (int)counted.length;
  b->lengths = (int32_t *)(void *)counted.data;
  b->sizes = (int32_t *)(void *)sized.data;
  if (!is_short) return true;
  throw_type(env, "into", "large enough everywhere");
  return false;
}

/* Memory for what the slab can't hold; NULL when there is none: then messages are cut, and visibly so. */
static uint8_t *overflow_of(state *st) {
  if (st->overflow) return st->overflow;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#ifdef MAP_NORESERVE
  flags |= MAP_NORESERVE;
#endif
  void *area = mmap(NULL, OVERFLOW_SIZE, PROT_READ | PROT_WRITE, flags, -1, 0);
  return st->overflow = area == MAP_FAILED ? NULL : area;
}

void free_overflow(state *st) {
  if (st->overflow) munmap(st->overflow, OVERFLOW_SIZE);
  st->overflow = NULL;
}

/* One message into the slab from `used` on, and what is too much into `overflow`. Returns its size as recvmsg does. */
static ssize_t receive_one(netsocket *s, batch *b, int i, size_t used, uint8_t *overflow) {
  bool is_stream = s->type == SOCK_STREAM;
  struct sockaddr_storage from;
  struct iovec parts[2] = {{b->slab.data + used, b->slab.length - used}, {overflow, OVERFLOW_SIZE}};
  struct msghdr header;
  ssize_t size;
  memset(&header, 0, sizeof header);
  header.msg_iov = parts;
  header.msg_iovlen = overflow && !is_stream ? 2 : 1;
  if (b->from) {
    header.msg_name = &from;
    header.msg_namelen = sizeof from;
  }
  // Asked of a stream it would throw bytes away.
  do size = recvmsg(s->fd, &header, is_stream ? 0 : ASK_FULL_SIZE);
  while (size < 0 && errno == EINTR);
  if (size >= 0 && b->from) {
    socklen_t length = header.msg_namelen < sizeof from ? header.msg_namelen : sizeof from;
    memcpy(b->from + (size_t)i * sizeof from, &from, length);
    b->from_lengths[i] = (int32_t)length;
  }
#ifndef __linux__
  // Elsewhere only that it was cut can be known.
  if (size >= 0 && (header.msg_flags & MSG_TRUNC)) size += 1;
#endif
  return size;
}

/* Sets `long` of the script's batch: `head` bytes of the slab and what follows in the overflow. */
static bool set_long(state *st, napi_value object, const uint8_t *slab, size_t head, size_t tail) {
  napi_value buffer;
  uint8_t *data;
  bool is_set = napi_create_buffer(st->env, head + tail, (void **)&data, &buffer) == napi_ok;
  if (is_set) {
    memcpy(data, slab, head);
    memcpy(data + head, st->overflow, tail);
    is_set = napi_set_named_property(st->env, object, "long", buffer) == napi_ok;
  }
  if (tail > OVERFLOW_KEPT) madvise(st->overflow + OVERFLOW_KEPT, OVERFLOW_SIZE - OVERFLOW_KEPT, MADV_DONTNEED);
  return is_set;
}

napi_value receive(napi_env env, napi_callback_info info) {
  call c;
  batch b;
  if (!begin_method(env, info, &c) || !read_batch(env, c.args[0], &b)) return NULL;
  netsocket *s = c.socket;
  uint8_t *overflow = overflow_of(c.state);
  size_t used = 0;
  int i = 0;
  while (i < b.count) {
    ssize_t size = receive_one(s, &b, i, used, overflow);
    if (size < 0) return to_number(env, i ? i : -errno);
    size_t rest = b.slab.length - used;
    size_t taken = (size_t)size;
    b.sizes[i] = size < INT_MAX ? (int32_t)size : INT_MAX;
    b.lengths[i] = (int32_t)(taken < rest ? taken : rest);
    i += 1;
    if (taken > rest && overflow) {
      size_t tail = taken - rest < OVERFLOW_SIZE ? taken - rest : OVERFLOW_SIZE;
      b.lengths[i - 1] = 0;
      if (!set_long(c.state, c.args[0], b.slab.data + used, rest, tail)) return NULL;
      break;
    }
    if (taken >= rest) break;
    used += taken;
    // A stream is read once. Nothing from a connection may be its end, which would be told again and again.
    if (s->type == SOCK_STREAM || (taken == 0 && s->type != SOCK_DGRAM)) break;
    // Messages are often of one size: one that the slab's rest can't hold is dearer than a call more.
    if (b.slab.length - used < taken) break;
  }
  return to_number(env, i);
}
