/* Operations on mappings and bytes. */

inline store(v, c) {
  if
  :: !page[v].there -> kill()
  :: else ->
     translate(v);
     if
     :: !seenW && page[v].w && isRemembered(v) -> remember(v); translate(v); collect()
     :: else
     fi;
     if
     :: seenW -> frame[seenFrame].bytes = c
     :: else -> kill()
     fi
  fi
}

/* Another shared, writable mapping of v's frame at Y, which is free. */
inline alias(v) {
  if
  :: !page[v].there -> ret = EINVAL
  :: !page[v].shared || (ALIAS && frame[page[v].frame].owned) -> ret = EACCES
  :: else ->
     page[PY].there = 1; page[PY].frame = page[v].frame; page[PY].w = 1; page[PY].shared = 1
  fi
}

/* /proc/self/mem: a read-only private page gets its own copy, whatever its trust. */
inline forceWrite(v) {
  if
  :: !page[v].there -> ret = EIO
  :: page[v].w -> frame[page[v].frame].bytes = NAT
  :: (NOFORCE && page[v].t) || page[v].shared -> ret = EIO
  :: else ->
     freshFrame(NAT);
     page[v].frame = fresh;
     flushAll(v)
  fi
}

inline protectWritable(v) {
  if
  :: !page[v].there -> ret = ENOMEM
  :: page[v].t && SEAL -> ret = EPERM
  :: page[v].t -> ret = EACCES
  :: ALIAS && frame[page[v].frame].owned -> ret = EACCES
  :: else ->
     page[v].w = 1; page[v].x = 1;
     flushOne(_pid, v)
  fi
}

inline dontNeed(v) {
  if
  :: !page[v].there -> ret = ENOMEM
  :: page[v].t && SEAL -> ret = EPERM
  :: else ->
     freshFrame(DATA);
     page[v].frame = fresh;
     flushAll(v)
  fi
}

inline refill(v) {
  if
  :: !page[v].there -> ret = ENOENT
  :: page[v].t && SEAL -> ret = EPERM
  :: content(v) != DATA -> ret = EEXIST
  :: else -> content(v) = NAT
  fi
}
