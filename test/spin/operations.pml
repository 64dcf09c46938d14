/* Names of operations as outcomes carry them, who may issue them, and what each means. */

#define NONE 0
#define STEP 1
#define JUMP 2
#define IJMP 3
#define CALL 4
#define RET 5
#define SKM 6
#define CHECK 7
#define GO 8
#define KRET 9
#define DOWNCALL 10
#define UPRET 11
#define SMASH 12
#define MMAPALIAS 13
#define STORE 14
#define PROCMEM 15
#define MPROTECT 16
#define MADV 17
#define UFFD 18
#define PUBLISH 19
#define UNPUBLISH 20
#define CAPDROP 21

/* Verified code: its page holds verified bytes and it got there legitimately. Everything else is an attacker's. */
#define able (ready && !ME.dead && !ME.pending)
#define verified (able && isVerified(content(ME.at)) && !ME.fr)
#define attacker (able && !(isVerified(content(ME.at)) && !ME.fr))
/* What a compiler of verified code would call: a trusted page that holds a function. */
#define callable(v) (page[v].there && page[v].t && isVerified(content(v)) && isEntry(content(v), OE))
/* Bound on kernel-held frames; the rules themselves allow 4. */
#ifndef KEPT
#define KEPT 1
#endif
#define room (ME.depth < KEPT)

#define may(guard, name, v, o) :: d_step { guard -> op = name; onPage = v; atOffset = o }

inline perform() {
  if
  :: d_step { op == STEP -> skip }
  :: d_step { op == JUMP -> jump(onPage, atOffset) }
  :: d_step { op == IJMP -> jumpIndirect(onPage, atOffset) }
  :: d_step { op == CALL -> call(onPage, atOffset) }
  :: d_step { op == RET -> returns() }
  :: d_step { op == SKM && onPage == 1 -> modeOn() }
  :: d_step { op == SKM && onPage == 0 -> modeOff() }
  :: d_step { op == CHECK -> entryCheck(onPage, atOffset) }
  :: d_step { op == GO -> entryGo() }
  :: d_step { op == KRET -> gateReturn() }
  :: d_step { op == DOWNCALL -> callDown(onPage, atOffset) }
  :: d_step { op == UPRET -> returnUp() }
  :: d_step { op == SMASH -> smash(onPage, atOffset) }
  :: d_step { op == MMAPALIAS -> alias(onPage) }
  :: d_step { op == STORE -> store(onPage, atOffset) }
  :: d_step { op == PROCMEM -> forceWrite(onPage) }
  :: d_step { op == MPROTECT -> protectWritable(onPage) }
  :: d_step { op == MADV -> dontNeed(onPage) }
  :: d_step { op == UFFD -> refill(onPage) }
  :: d_step { op == PUBLISH -> publish(onPage) }
  :: d_step { op == UNPUBLISH -> unpublish(onPage) }
  :: d_step { op == CAPDROP -> granted = 0 }
  fi
}

/* One operation: fetch, its meaning if the thread survived the fetch, then the invariants on memory. An atomic sequence of
 * steps, since one deterministic step may not be that long. */
inline issue() {
  d_step { ret = 0; broken = 0; wasM0 = ME.m0; fetch() };
  if
  :: d_step { ME.dead -> ret = SIGSEGV }
  :: else -> perform()
  fi;
  d_step { inspectMemory(); note() }
}

inline note() {
  operation = op; operandV = onPage; operandO = atOffset;
  mode = (ME.dead -> 2 : (ME.m0 -> 0 : 1));
  op = NONE; onPage = 0; atOffset = 0;
  c_code { observe(operation, operandV, operandO, wasM0, ret, mode, broken); };
#ifdef WANTED
  printf("STEP %d %d %d %d %d\n", _pid, operation, operandV, operandO, broken);
  assert(!(broken & (1 << WANTED)));
#endif
}
