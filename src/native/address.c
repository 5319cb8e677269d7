/* Addresses, put together and taken apart. */
#include "netproc.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>

/* Where the bytes of any address begin. */
#define DATA offsetof(struct sockaddr, sa_data)

#if defined(__APPLE__) || defined(__FreeBSD__) || defined(__OpenBSD__) || defined(__NetBSD__)
#define SET_LENGTH(address, length) ((struct sockaddr *)(address))->sa_len = (uint8_t)(length)
#define MAX_FAMILY UINT8_MAX
#else
#define SET_LENGTH(address, length) (void)0
#define MAX_FAMILY UINT16_MAX
#endif

static bool read_exactly(napi_env env, napi_value value, size_t length, bytes *result) {
  if (!read_bytes(env, value, "bytes", result)) return false;
  if (result->length == length) return true;
  throw_type(env, "bytes", length == 4 ? "4 bytes" : "16 bytes");
  return false;
}

napi_value address_4(napi_env env, napi_callback_info info) {
  call c;
  bytes host;
  int port;
  struct sockaddr_in result = {.sin_family = AF_INET};
  if (!begin_call(env, info, &c) || !read_exactly(env, c.args[0], sizeof result.sin_addr, &host) ||
      !read_integer(env, c.args[1], "port", 0, UINT16_MAX, &port)) {
    return NULL;
  }
  SET_LENGTH(&result, sizeof result);
  result.sin_port = htons((uint16_t)port);
  memcpy(&result.sin_addr, host.data, host.length);
  return to_bytes(env, &result, sizeof result);
}

/* The number of an interface that is given by its number or name; 0 for none and for "". */
static uint32_t zone_number(const char *zone) {
  uint64_t number = 0;
  const char *at = zone;
  while (*at >= '0' && *at <= '9' && number <= UINT32_MAX) number = number * 10 + (uint64_t)(*at++ - '0');
  if (*at == 0 && number <= UINT32_MAX) return (uint32_t)number;
  return if_nametoindex(zone);
}

napi_value address_6(napi_env env, napi_callback_info info) {
  call c;
  bytes host;
  int port;
  char zone[64];
  size_t length;
  struct sockaddr_in6 result = {.sin6_family = AF_INET6};
  if (!begin_call(env, info, &c) || !read_exactly(env, c.args[0], sizeof result.sin6_addr, &host) ||
      !read_integer(env, c.args[1], "port", 0, UINT16_MAX, &port)) {
    return NULL;
  }
  if (napi_get_value_string_utf8(env, c.args[2], zone, sizeof zone, &length) != napi_ok) {
    return throw_type(env, "zone", "a string");
  }
  SET_LENGTH(&result, sizeof result);
  result.sin6_port = htons((uint16_t)port);
  result.sin6_scope_id = zone_number(zone);
  if (length > 0 && result.sin6_scope_id == 0) return to_number(env, -ENODEV);
  memcpy(&result.sin6_addr, host.data, host.length);
  return to_bytes(env, &result, sizeof result);
}

napi_value address_local(napi_env env, napi_callback_info info) {
  call c;
  bytes path;
  struct sockaddr_un result = {.sun_family = AF_UNIX};
  size_t length = offsetof(struct sockaddr_un, sun_path);
  if (!begin_call(env, info, &c) || !read_bytes(env, c.args[0], "path", &path)) return NULL;
  if (path.length >= sizeof result.sun_path) return throw_type(env, "path", "shorter");
  if (path.length > 0) {
    memcpy(result.sun_path, path.data, path.length);
    bool is_path = result.sun_path[0] != 0;
    if (is_path && memchr(result.sun_path, 0, path.length)) return throw_type(env, "path", "without the byte 0");
    // A path has its end marked. Names in no folder may hold any bytes, so theirs is where the address ends.
    length += path.length + is_path;
  }
  SET_LENGTH(&result, length);
  return to_bytes(env, &result, length);
}

napi_value address_raw(napi_env env, napi_callback_info info) {
  call c;
  int family;
  bytes data;
  struct sockaddr_storage result;
  if (!begin_call(env, info, &c) || !read_integer(env, c.args[0], "family", 0, MAX_FAMILY, &family) ||
      !read_bytes(env, c.args[1], "bytes", &data)) {
    return NULL;
  }
  if (data.length > sizeof result - DATA) return throw_type(env, "bytes", "shorter");
  memset(&result, 0, sizeof result);
  result.ss_family = (sa_family_t)family;
  SET_LENGTH(&result, DATA + data.length);
  memcpy((uint8_t *)&result + DATA, data.data, data.length);
  return to_bytes(env, &result, DATA + data.length);
}

typedef struct {
  int family, port;
  const uint8_t *data;
  size_t length;
  uint32_t zone;
} parts;

static void take_apart(const address *from, parts *result) {
  const struct sockaddr_in *in4 = (const struct sockaddr_in *)&from->storage;
  const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&from->storage;
  const uint8_t *all = (const uint8_t *)&from->storage;
  memset(result, 0, sizeof *result);
  if (from->length < DATA) return; // A sender without a name has not even a family.
  result->family = from->storage.ss_family;
  result->data = all + DATA;
  result->length = from->length - DATA;
  if (result->family == AF_INET && from->length >= offsetof(struct sockaddr_in, sin_zero)) {
    result->port = ntohs(in4->sin_port);
    result->data = (const uint8_t *)&in4->sin_addr;
    result->length = sizeof in4->sin_addr;
  } else if (result->family == AF_INET6 && from->length >= sizeof *in6) {
    result->port = ntohs(in6->sin6_port);
    result->data = (const uint8_t *)&in6->sin6_addr;
    result->length = sizeof in6->sin6_addr;
    result->zone = in6->sin6_scope_id;
  } else if (result->family == AF_UNIX && result->length > 0) {
#ifdef __linux__
    if (result->data[0] == 0) return; // A name in no folder.
#endif
    const uint8_t *end = memchr(result->data, 0, result->length);
    if (end) result->length = (size_t)(end - result->data);
  }
}

static napi_value zone_text(napi_env env, uint32_t zone) {
  char text[IF_NAMESIZE > 11 ? IF_NAMESIZE : 11];
  char *at = text + sizeof text - 1;
  napi_value result = NULL;
  if (zone == 0 || !if_indextoname(zone, text)) {
    *at = 0;
    for (; zone > 0; zone /= 10) *--at = (char)('0' + zone % 10);
  } else {
    at = text;
  }
  napi_create_string_utf8(env, at, NAPI_AUTO_LENGTH, &result);
  return result;
}

napi_value address_parts(napi_env env, napi_callback_info info) {
  call c;
  bytes given;
  address from;
  parts p;
  napi_value result;
  if (!begin_call(env, info, &c) || !read_bytes(env, c.args[0], "address", &given)) return NULL;
  memset(&from, 0, sizeof from);
  if (given.length > 0 && !read_address(env, c.args[0], false, &from)) return NULL;
  take_apart(&from, &p);
  if (napi_create_object(env, &result) != napi_ok ||
      napi_set_named_property(env, result, "family", to_number(env, p.family)) != napi_ok ||
      napi_set_named_property(env, result, "bytes", to_bytes(env, p.data, p.length)) != napi_ok ||
      napi_set_named_property(env, result, "port", to_number(env, p.port)) != napi_ok ||
      napi_set_named_property(env, result, "zone", zone_text(env, p.zone)) != napi_ok) {
    return NULL;
  }
  return result;
}
