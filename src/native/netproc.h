/* The sockets of Network Processes: one call each of the system's, without policy and without threads. */
#pragma once

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4, sendmmsg, struct ucred */
#endif
#define NAPI_VERSION 8

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <uv.h>

/* The most that any address takes, here and in `Batch.from`. */
#define ADDRESS_SIZE ((int)sizeof(struct sockaddr_storage))

/* What one thread's copy of the addon keeps. */
typedef struct state {
  napi_env env;
  uv_loop_t *loop;
  napi_ref constructor;
  struct netsocket *sockets; /* all that live, for the end of the thread */
  struct netsocket *newborn; /* what the constructor, which scripts may call too, shall wrap */
  uint8_t *overflow;         /* see batch.c; NULL until it is needed */
  napi_async_cleanup_hook_handle ending; /* set once the thread ends */
  int closing;                           /* polls whose closing libuv has not confirmed yet */
  bool finalized;
} state;

/* What a NativeSocket wraps. It lives as long as its object. */
typedef struct netsocket {
  state *owner;
  struct netsocket *previous, *next;
  int fd;         /* -1 once closed or released */
  int type;       /* SOCK_… */
  uv_poll_t *poll; /* NULL until it is watched */
  int events;     /* what it is watched for; 0 while it is not */
  napi_ref self;  /* keeps a watched socket's object; NULL while it is not watched */
  napi_ref ready; /* whom to call; NULL while it is not watched */
} netsocket;

/* A call from a script: its arguments, missing ones undefined. */
typedef struct {
  napi_env env;
  state *state;
  netsocket *socket; /* of methods only */
  napi_value self;
  napi_value args[3];
} call;

typedef struct {
  uint8_t *data;
  size_t length;
} bytes;

typedef struct {
  struct sockaddr_storage storage;
  socklen_t length; /* 0 for none */
} address;

extern const napi_type_tag socket_tag;

/* arguments.c: each tells whether it went well; else a TypeError is under way. */
bool begin_call(napi_env env, napi_callback_info info, call *c);
bool begin_method(napi_env env, napi_callback_info info, call *c);
bool read_integer(napi_env env, napi_value value, const char *name, int minimum, int maximum, int *result);
bool read_array(napi_env env, napi_value value, const char *name, napi_typedarray_type type, bytes *result);
bool read_bytes(napi_env env, napi_value value, const char *name, bytes *result);
bool read_address(napi_env env, napi_value value, bool may_be_null, address *result);
bool is_nothing(napi_env env, napi_value value);
napi_value throw_type(napi_env env, const char *name, const char *must);
napi_value to_number(napi_env env, int value);
napi_value to_bytes(napi_env env, const void *data, size_t length);

/* socket.c */
bool define_socket(state *st);
napi_value socket_object(state *st, int fd);
void socket_close(netsocket *s);
napi_value make_socket(napi_env env, napi_callback_info info);
napi_value adopt(napi_env env, napi_callback_info info);
napi_value duplicate_of(napi_env env, napi_callback_info info);

/* batch.c */
napi_value send_one(napi_env env, napi_callback_info info);
napi_value send_many(napi_env env, napi_callback_info info);
napi_value receive(napi_env env, napi_callback_info info);
void free_overflow(state *st);

/* watch.c */
napi_value watch(napi_env env, napi_callback_info info);
void unwatch(netsocket *s);
void close_poll(netsocket *s);

/* address.c */
napi_value address_4(napi_env env, napi_callback_info info);
napi_value address_6(napi_env env, napi_callback_info info);
napi_value address_local(napi_env env, napi_callback_info info);
napi_value address_raw(napi_env env, napi_callback_info info);
napi_value address_parts(napi_env env, napi_callback_info info);

/* constants.c */
bool define_constants(napi_env env, napi_value object);

/* module.c */
void poll_closed(uv_handle_t *handle);
void end_state(state *st);
