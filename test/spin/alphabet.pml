  /* Included inside the choice of a thread: which operation it may issue next. Gates are always there. */
  may(able, STEP, 0, 0)
  may(attacker, JUMP, PA, OE)
  may(attacker, JUMP, PA, OM)
  may(attacker, JUMP, PB, OE)
  may(verified && !ME.called && callable(PA), CALL, PA, OE)
  may(able, RET, 0, 0)
  may(able, SKM, 1, 0)
  may(able, SKM, 0, 0)
  may(able && room, CHECK, PA, OE)
  may(attacker && room, CHECK, PA, OM)
  may(attacker && room, CHECK, PB, OE)
  may(ready && ME.pending, GO, 0, 0)
  may(able, KRET, 0, 0)
  may(able && room, DOWNCALL, PB, OE)
  may(attacker, UPRET, 0, 0)
#ifdef SMASHING
  may(attacker && !OTHER.dead, SMASH, PA, OM)
  may(attacker && !OTHER.dead, SMASH, PB, OE)
#endif
#ifdef STRAYING
  /* Verified code that leaves for native code by itself, or through a code pointer that an attacker changed. */
  may(verified, JUMP, PB, OE)
  may(verified && !ME.called, CALL, PB, OE)
  may(verified, IJMP, PA, OM)
#endif
#ifdef FILLING
  may(attacker, STORE, PW, NAT)
  may(attacker, STORE, PW, VER)
#endif
#ifdef ALIASING
  may(attacker && !page[PY].there, MMAPALIAS, PW, 0)
  may(attacker, STORE, PY, NAT)
#endif
#ifdef FORCING
  may(attacker, PROCMEM, PA, 0)
  may(attacker, PROCMEM, PW, 0)
  may(attacker, STORE, PA, NAT)
  may(attacker, MPROTECT, PA, 1)
#endif
#ifdef PUBLISHING
  may(attacker, JUMP, PW, OE)
  may(verified && !ME.called && callable(PW), CALL, PW, OE)
  may(able && room, CHECK, PW, OE)
  may(able, PUBLISH, PW, 0)
  may(able, UNPUBLISH, PW, 0)
#endif
#ifdef MISUSING
  /* Trust for pages that are not the compiler's buffer. */
  may(attacker, PUBLISH, PA, 0)
  may(attacker, PUBLISH, PB, 0)
#endif
#ifdef CHANGING
  may(able, UNPUBLISH, PA, 0)
  may(attacker, STORE, PA, VER2)
  may(attacker, STORE, PW, VER2)
  may(attacker, MADV, PA, 0)
  may(attacker, UFFD, PA, 0)
#endif
#ifdef REVOKING
  may(able, CAPDROP, 0, 0)
#endif
