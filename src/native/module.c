/* What a thread gets that loads the addon, and what becomes of it when the thread ends. */
#include "netproc.h"

#include <stdlib.h>

/* Three things end in any order: the last poll's closing, the last socket, and the thread's use of the addon. */
void end_state(state *st) {
  if (st->closing > 0) return;
  if (st->ending) napi_remove_async_cleanup_hook(st->ending);
  st->ending = NULL;
  if (st->sockets || !st->finalized) return;
  free_overflow(st);
  free(st);
}

void poll_closed(uv_handle_t *handle) {
  state *st = handle->data;
  free(handle);
  st->closing -= 1;
  end_state(st);
}

/* The thread ends, be it that it was told to: nothing of ours may stay in its event loop. */
static void on_ending(napi_async_cleanup_hook_handle handle, void *data) {
  state *st = data;
  st->ending = handle;
  napi_delete_reference(st->env, st->constructor);
  st->constructor = NULL;
  for (netsocket *s = st->sockets; s; s = s->next) socket_close(s);
  end_state(st);
}

static void on_finalized(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  state *st = data;
  st->finalized = true;
  end_state(st);
}

#define FUNCTION(name, function) {name, NULL, function, NULL, NULL, NULL, napi_enumerable, st}

static bool define(state *st, napi_value exports) {
  napi_value constants;
  if (napi_create_object(st->env, &constants) != napi_ok || !define_constants(st->env, constants)) return false;
  const napi_property_descriptor properties[] = {
      FUNCTION("socket", make_socket),
      FUNCTION("adopt", adopt),
      FUNCTION("duplicateOf", duplicate_of),
      FUNCTION("address4", address_4),
      FUNCTION("address6", address_6),
      FUNCTION("addressLocal", address_local),
      FUNCTION("addressRaw", address_raw),
      FUNCTION("readAddress", address_parts),
      {"constants", NULL, NULL, NULL, NULL, constants, napi_enumerable, NULL},
  };
  return napi_define_properties(st->env, exports, sizeof properties / sizeof *properties, properties) == napi_ok;
}

NAPI_MODULE_INIT() {
  state *st = calloc(1, sizeof *st);
  if (!st) return NULL;
  st->env = env;
  if (napi_set_instance_data(env, st, on_finalized, NULL) != napi_ok) {
    free(st);
    return NULL;
  }
  if (napi_get_uv_event_loop(env, &st->loop) != napi_ok || !define_socket(st) || !define(st, exports) ||
      napi_add_async_cleanup_hook(env, on_ending, st, NULL) != napi_ok) {
    napi_throw_error(env, NULL, "Native sockets can't be set up");
    return NULL;
  }
  return exports;
}
