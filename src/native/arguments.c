/* Arguments of scripts, taken apart; and results for them. */
#include "netproc.h"

#include <stdlib.h>
#include <string.h>

bool begin_call(napi_env env, napi_callback_info info, call *c) {
  size_t count = sizeof c->args / sizeof *c->args;
  c->env = env;
  c->socket = NULL;
  return napi_get_cb_info(env, info, &count, c->args, &c->self, (void **)&c->state) == napi_ok;
}

bool begin_method(napi_env env, napi_callback_info info, call *c) {
  bool is_socket = false;
  if (!begin_call(env, info, c)) return false;
  // Untagged are objects that inherit from a socket, proxies, and everything that is no object.
  if (napi_check_object_type_tag(env, c->self, &socket_tag, &is_socket) == napi_ok && is_socket &&
      napi_unwrap(env, c->self, (void **)&c->socket) == napi_ok) {
    return true;
  }
  throw_type(env, "this", "a socket");
  return false;
}

bool read_integer(napi_env env, napi_value value, const char *name, int minimum, int maximum, int *result) {
  double number;
  if (napi_get_value_double(env, value, &number) == napi_ok && number >= minimum && number <= maximum &&
      number == (int)number) {
    *result = (int)number;
    return true;
  }
  throw_type(env, name, "an integer in its range");
  return false;
}

bool read_array(napi_env env, napi_value value, const char *name, napi_typedarray_type type, bytes *result) {
  bool is_detached = false;
  napi_typedarray_type found;
  napi_value buffer;
  if (napi_get_typedarray_info(env, value, &found, &result->length, (void **)&result->data, &buffer, NULL) == napi_ok &&
      found == type) {
    // Only what has no bytes can have lost them.
    if (result->length > 0) return true;
    if (napi_is_detached_arraybuffer(env, buffer, &is_detached) == napi_ok && !is_detached) return true;
  }
  throw_type(env, name, type == napi_uint8_array ? "a Uint8Array with its memory" : "an Int32Array with its memory");
  return false;
}

bool read_bytes(napi_env env, napi_value value, const char *name, bytes *result) {
  return read_array(env, value, name, napi_uint8_array, result);
}

/* A copy: aligned, and no other thread changes it meanwhile. */
bool read_address(napi_env env, napi_value value, bool may_be_null, address *result) {
  bytes given;
  memset(result, 0, sizeof *result);
  if (may_be_null && is_nothing(env, value)) return true;
  if (!read_bytes(env, value, "address", &given)) return false;
  if (given.length > sizeof result->storage || given.length == 0) {
    throw_type(env, "address", "1 to 128 bytes long");
    return false;
  }
  memcpy(&result->storage, given.data, given.length);
  result->length = (socklen_t)given.length;
  return true;
}

bool is_nothing(napi_env env, napi_value value) {
  napi_valuetype type;
  return napi_typeof(env, value, &type) == napi_ok && (type == napi_null || type == napi_undefined);
}

/* Throws the TypeError "NAME must be MUST". Returns NULL, which is what a function returns that throws. */
napi_value throw_type(napi_env env, const char *name, const char *must) {
  static const char between[] = " must be ";
  char text[100];
  size_t a = strlen(name);
  size_t b = a + sizeof between - 1;
  size_t size = b + strlen(must) + 1;
  if (size > sizeof text) abort(); // All these texts are ours.
  memcpy(text, name, a);
  memcpy(text + a, between, sizeof between - 1);
  memcpy(text + b, must, size - b);
  napi_throw_type_error(env, NULL, text);
  return NULL;
}

napi_value to_number(napi_env env, int value) {
  napi_value result = NULL;
  napi_create_int32(env, value, &result);
  return result;
}

napi_value to_bytes(napi_env env, const void *data, size_t length) {
  napi_value result = NULL;
  napi_create_buffer_copy(env, length, data, NULL, &result);
  return result;
}
