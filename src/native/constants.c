/* Numbers that differ between systems, by their names. */
#include "netproc.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#define CONSTANT(name) {#name, name}

static const struct {
  const char *name;
  int value;
} constants[] = {
    CONSTANT(AF_UNSPEC),
    CONSTANT(AF_INET),
    CONSTANT(AF_INET6),
    CONSTANT(AF_UNIX),
    CONSTANT(SOCK_STREAM),
    CONSTANT(SOCK_DGRAM),
#ifndef __APPLE__ /* The name is there, but no protocol that has it. */
    CONSTANT(SOCK_SEQPACKET),
#endif
    CONSTANT(SOL_SOCKET),
    CONSTANT(SOMAXCONN),
    CONSTANT(IPPROTO_IP),
    CONSTANT(IPPROTO_IPV6),
    CONSTANT(IPPROTO_TCP),
    CONSTANT(IPPROTO_UDP),
    CONSTANT(IP_TOS),
    CONSTANT(IPV6_V6ONLY),
    CONSTANT(TCP_NODELAY),
    CONSTANT(SO_BROADCAST),
    CONSTANT(SO_DONTROUTE),
    CONSTANT(SO_ERROR),
    CONSTANT(SO_KEEPALIVE),
    CONSTANT(SO_LINGER),
    CONSTANT(SO_OOBINLINE),
    CONSTANT(SO_RCVBUF),
    CONSTANT(SO_REUSEADDR),
    CONSTANT(SO_SNDBUF),
    CONSTANT(SO_TYPE),
#ifdef SO_ACCEPTCONN
    CONSTANT(SO_ACCEPTCONN),
#endif
#ifdef SO_BINDTODEVICE
    CONSTANT(SO_BINDTODEVICE),
#endif
#ifdef SO_DOMAIN
    CONSTANT(SO_DOMAIN),
#endif
#ifdef SO_MEMINFO
    CONSTANT(SO_MEMINFO),
#endif
#ifdef SO_PRIORITY
    CONSTANT(SO_PRIORITY),
#endif
#ifdef SO_PROTOCOL
    CONSTANT(SO_PROTOCOL),
#endif
#ifdef SO_REUSEPORT
    CONSTANT(SO_REUSEPORT),
#endif
    CONSTANT(EACCES),
    CONSTANT(EADDRINUSE),
    CONSTANT(EADDRNOTAVAIL),
    CONSTANT(EAFNOSUPPORT),
    CONSTANT(EAGAIN),
    CONSTANT(EALREADY),
    CONSTANT(EBADF),
    CONSTANT(ECONNABORTED),
    CONSTANT(ECONNREFUSED),
    CONSTANT(ECONNRESET),
    CONSTANT(EDESTADDRREQ),
    CONSTANT(EEXIST),
    CONSTANT(EHOSTUNREACH),
    CONSTANT(EINPROGRESS),
    CONSTANT(EINTR),
    CONSTANT(EINVAL),
    CONSTANT(EISCONN),
    CONSTANT(ELOOP),
    CONSTANT(EMFILE),
    CONSTANT(EMSGSIZE),
    CONSTANT(ENAMETOOLONG),
    CONSTANT(ENETUNREACH),
    CONSTANT(ENFILE),
    CONSTANT(ENOBUFS),
    CONSTANT(ENODEV),
    CONSTANT(ENOENT),
    CONSTANT(ENOMEM),
    CONSTANT(ENOPROTOOPT),
    CONSTANT(ENOTCONN),
    CONSTANT(ENOTDIR),
    CONSTANT(ENOTSOCK),
    CONSTANT(ENXIO),
    CONSTANT(EOPNOTSUPP),
    CONSTANT(EPERM),
    CONSTANT(EPIPE),
    CONSTANT(EPROTONOSUPPORT),
    CONSTANT(EPROTOTYPE),
    CONSTANT(EROFS),
    CONSTANT(ESOCKTNOSUPPORT),
    CONSTANT(ETIMEDOUT),
};

bool define_constants(napi_env env, napi_value object) {
  for (size_t i = 0; i < sizeof constants / sizeof *constants; i += 1) {
    napi_value value = to_number(env, constants[i].value);
    if (napi_set_named_property(env, object, constants[i].name, value) != napi_ok) return false;
  }
  return napi_object_freeze(env, object) == napi_ok;
}
