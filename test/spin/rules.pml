/* What every operation shares: death, the fetch rule, translations, frames, and the invariants on memory. All of it runs inside
 * deterministic steps, where the first true option is taken: "first failing row wins" reads as written. */

inline demote() { ME.m0 = 0; ME.ent = 0 }

inline forgetSlot() {
  ME.called = 0; ME.slotV = 0; ME.slotO = 0; ME.slotPrivate = 0; ME.trueV = 0; ME.trueM0 = 0
}

/* What lies above a kernel frame on the stack goes with it (A38). */
inline dropKept() {
  ME.depth--;
  if
  :: ME.called > ME.kept[ME.depth].slots -> forgetSlot()
  :: else
  fi;
  ME.kept[ME.depth].at = 0; ME.kept[ME.depth].off = 0; ME.kept[ME.depth].m0 = 0;
  ME.kept[ME.depth].down = 0; ME.kept[ME.depth].slots = 0
}

inline pushKept(offset, mode, isDown) {
  ME.kept[ME.depth].at = ME.at; ME.kept[ME.depth].off = offset; ME.kept[ME.depth].m0 = mode;
  ME.kept[ME.depth].down = isDown; ME.kept[ME.depth].slots = ME.called;
  ME.depth++
}

inline forget() {
  ME.at = 0; ME.off = 0; ME.m0 = 0; ME.ent = 0; ME.fr = 0;
  ME.pending = 0; ME.pendV = 0; ME.pendO = 0;
  forgetSlot();
  do
  :: ME.depth > 0 -> dropKept()
  :: else -> break
  od
}

/* Death by a signal; at level 0 without FAULTC it takes the kernel along. */
inline die() {
  if
  :: ME.m0 && !FAULTC -> breaks(21)
  :: else
  fi;
  forget();
  ME.dead = 1
}

/* Death that the operation itself returns; a thread killed only where it arrives has returned 0 (A36). */
inline kill() { ret = SIGSEGV; die() }

/* Reads page v through this core's memory of translations, filling it when it has none. */
inline translate(v) {
  if
  :: isRemembered(v) && !remembered(_pid, v).valid -> remember(v)
  :: else
  fi;
  if
  :: isRemembered(v) ->
     seenFrame = remembered(_pid, v).frame;
     seenW = remembered(_pid, v).w; seenX = remembered(_pid, v).x; seenT = remembered(_pid, v).t
  :: else ->
     seenFrame = page[v].frame; seenW = page[v].w; seenX = page[v].x; seenT = page[v].t
  fi
}

inline remember(v) {
  remembered(_pid, v).valid = 1; remembered(_pid, v).frame = page[v].frame;
  remembered(_pid, v).w = page[v].w; remembered(_pid, v).x = page[v].x; remembered(_pid, v).t = page[v].t
}

inline flushOne(core, v) {
  if
  :: isRemembered(v) ->
     remembered(core, v).valid = 0; remembered(core, v).frame = 0;
     remembered(core, v).w = 0; remembered(core, v).x = 0; remembered(core, v).t = 0
  :: else
  fi
}

inline flushAll(v) { flushOne(0, v); flushOne(1, v); collect() }

/* Before each operation and after each transfer: who may fetch here, in which mode, and I1, I2, I6, I8, I9. Level 0 that reaches an
 * untrusted page drops to user mode; H leaves that to SMEPT alone (A34). */
inline fetch() {
  if
  :: !page[ME.at].there -> die()
  :: else ->
     translate(ME.at);
     if
     :: !seenX -> die()
     :: SMEPT && seenT != ME.m0 -> die()
     :: CAPX && ME.m0 && !granted -> demote()
     :: !IS_H && ME.m0 && !seenT -> demote()
     :: else
     fi;
     if
     :: ME.m0 -> inspect()
     :: else
     fi
  fi
}

inline inspect() {
  if :: !page[ME.at].t -> breaks(1) :: else fi;
  if :: !isVerified(frame[seenFrame].bytes) -> breaks(2) :: else fi;
  if :: ME.fr -> breaks(6) :: else fi;
  if :: !granted -> breaks(8) :: else fi;
  if :: !IS_L0 && !ME.ent -> breaks(9) :: else fi
}

/* A frame in use is one that a page or a core's remembered translation names; the others are wiped. */
#define namedByPage(f) ((page[PA].there && page[PA].frame == (f)) || (page[PB].there && page[PB].frame == (f)) || \
  (page[PW].there && page[PW].frame == (f)) || (page[PY].there && page[PY].frame == (f)))
#define namedByCore(f) ((tlb[0].valid && tlb[0].frame == (f)) || (tlb[1].valid && tlb[1].frame == (f)) || \
  (tlb[2].valid && tlb[2].frame == (f)) || (tlb[3].valid && tlb[3].frame == (f)))

inline collect() {
  i = 0;
  do
  :: i == FRAMES -> break
  :: namedByPage(i) || namedByCore(i) -> i++
  :: else -> frame[i].bytes = FREE; frame[i].owned = 0; i++
  od
}

inline freshFrame(c) {
  fresh = 0;
  do
  :: frame[fresh].bytes != FREE -> fresh++
  :: else -> break
  od;
  frame[fresh].bytes = c;
  frame[fresh].owned = 0
}

/* I3: a trusted page is not writable. I4: nor is its frame through another page. */
#define trusted(v) (page[v].there && page[v].t)
#define alsoWritableAt(v, u) (page[u].there && page[u].w && page[u].frame == page[v].frame)
#define exposed(v, u1, u2, u3) (trusted(v) && (alsoWritableAt(v, u1) || alsoWritableAt(v, u2) || alsoWritableAt(v, u3)))

inline inspectMemory() {
  if
  :: (trusted(PA) && page[PA].w) || (trusted(PB) && page[PB].w) || (trusted(PW) && page[PW].w) -> breaks(3)
  :: else
  fi;
  if
  :: exposed(PA, PB, PW, PY) || exposed(PB, PA, PW, PY) || exposed(PW, PA, PB, PY) -> breaks(4)
  :: else
  fi
}
