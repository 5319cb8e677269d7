/*
 * Exchanges small messages through local sockets, as fast as C can.
 *
 *   packets TYPE NAME                     serves under that name, in no folder, until it is killed
 *   packets TYPE NAME MODE COUNT          exchanges COUNT messages with such a server; prints how many a second
 *
 * TYPE is seqpacket or datagram. MODE is sent, received (by the one that asks) or echo, 8 messages on their way.
 */
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { message_size = 64, in_flight = 8 };

typedef struct {
  struct sockaddr_un name;
  socklen_t length;
} address;

/* What a client asks for; it fills a message's beginning. */
typedef struct {
  char mode;
  uint32_t count;
} request;

static char message[message_size];

static void must(int is_well, const char *what) {
  if (is_well) return;
  perror(what);
  exit(1);
}

static address named(const char *name) {
  address a = {.name = {.sun_family = AF_UNIX}};
  size_t length = strlen(name);
  memcpy(a.name.sun_path + 1, name, length);
  a.length = offsetof(struct sockaddr_un, sun_path) + 1 + length;
  return a;
}

static int bound(int type, const char *name) {
  address a = named(name);
  int fd = socket(AF_UNIX, type, 0);
  must(fd >= 0 && bind(fd, (struct sockaddr *)&a.name, a.length) == 0, "bind");
  return fd;
}

static void put(int fd, const address *to) {
  const struct sockaddr *name = to && to->length ? (const struct sockaddr *)&to->name : NULL;
  must(sendto(fd, message, message_size, MSG_NOSIGNAL, name, name ? to->length : 0) == message_size, "send");
}

/* Whether there was a message. */
static int take(int fd) { return recv(fd, message, message_size, 0) > 0; }

static void serve_one(int fd, request asked, const address *to) {
  if (asked.mode == 'r') {
    for (uint32_t i = 0; i < asked.count; i += 1) put(fd, to);
    return;
  }
  for (uint32_t i = 0; i < asked.count; i += 1) {
    if (!take(fd)) return;
    if (asked.mode == 'e') put(fd, to);
  }
  if (asked.mode == 's') put(fd, to);
}

static void serve(int type, const char *name) {
  int fd = bound(type, name);
  must(type == SOCK_DGRAM || listen(fd, 5) == 0, "listen");
  puts("ready");
  fflush(stdout);
  for (;;) {
    request asked;
    address from = {.length = sizeof from.name};
    int peer = type == SOCK_DGRAM ? fd : accept(fd, NULL, NULL);
    must(peer >= 0, "accept");
    must(recvfrom(peer, message, message_size, 0, (struct sockaddr *)&from.name, &from.length) > 0, "recvfrom");
    memcpy(&asked, message, sizeof asked);
    if (type == SOCK_DGRAM) {
      serve_one(peer, asked, &from);
    } else {
      serve_one(peer, asked, NULL);
      take(peer); // Its end.
      close(peer);
    }
  }
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

static void exchange(int fd, request asked) {
  if (asked.mode == 's') {
    for (uint32_t i = 0; i < asked.count; i += 1) put(fd, NULL);
    take(fd);
    return;
  }
  for (int i = 0; asked.mode == 'e' && i < in_flight; i += 1) put(fd, NULL);
  for (uint32_t i = 0; i < asked.count; i += 1) {
    must(take(fd), "recv");
    if (asked.mode == 'e' && i + in_flight < asked.count) put(fd, NULL);
  }
}

static void ask(int type, const char *name, char mode, uint32_t count) {
  char own[100];
  address peer = named(name);
  request asked = {mode, count};
  snprintf(own, sizeof own, "%s-%d", name, (int)getpid());
  int fd = type == SOCK_DGRAM ? bound(type, own) : socket(AF_UNIX, type, 0);
  must(fd >= 0 && connect(fd, (struct sockaddr *)&peer.name, peer.length) == 0, "connect");
  double start = seconds();
  memcpy(message, &asked, sizeof asked);
  put(fd, NULL);
  exchange(fd, asked);
  printf("%.0f\n", count / (seconds() - start));
}

int main(int argc, char **argv) {
  if (argc != 3 && argc != 5) return 2;
  int type = strcmp(argv[1], "datagram") == 0 ? SOCK_DGRAM : SOCK_SEQPACKET;
  if (argc == 3) serve(type, argv[2]);
  else ask(type, argv[2], argv[3][0], (uint32_t)atol(argv[4]));
  return 0;
}
