/* Control flow: plain transfers, syskernelmode, syskerneljump in two phases, and the kernel-held frames of H. */

inline arrive(v, o) {
  ME.at = v;
  ME.off = o;
  fetch()
}

inline jump(v, o) {
  if
  :: !page[v].there || !page[v].x -> kill()
  :: else ->
     ME.fr = isVerified(content(v)) && !isEntry(content(v), o);
     arrive(v, o)
  fi
}

/* An indirect jump of privileged code must land on a true entry under IBT. */
inline jumpIndirect(v, o) {
  if
  :: page[v].there && page[v].x && IBT && ME.m0 && !isEntry(content(v), o) -> die()
  :: else -> jump(v, o)
  fi
}

inline call(v, o) {
  ME.called = 1;
  ME.slotV = ME.at; ME.slotO = OR; ME.slotPrivate = ME.m0 && KSTK;
  ME.trueV = ME.at; ME.trueM0 = ME.m0;
  if
  :: !page[v].there -> kill()
  :: else ->
     ME.fr = isVerified(content(v)) && !isEntry(content(v), o);
     arrive(v, o)
  fi
}

#define slotsBelowFrame (ME.depth > 0 -> ME.kept[ME.depth - 1].slots : 0)
/* A kernel frame begins a new stack (A38), and user mode cannot reach the supervisor stack (A55). */
#define slotInReach (ME.called > slotsBelowFrame && (ME.m0 || !ME.slotPrivate))

/* The hidden index j holds the page and i the offset to return to; legal: the slot is the one that was pushed; owed: at level 0. */
inline popSlot() {
  if
  :: slotInReach ->
     j = ME.slotV; i = ME.slotO;
     legal = (ME.slotV == ME.trueV && ME.slotO == OR);
     owed = ME.trueM0 && legal;
     forgetSlot()
  :: else ->
     j = PB; i = OE;
     legal = 1; owed = 0
  fi
}

inline returnBySlot() {
  popSlot();
  if
  :: !page[j].there -> kill()
  :: SHSTK && ME.m0 && !legal -> die()
  :: else ->
     ME.fr = isVerified(content(j)) && !legal && !isEntry(content(j), i);
     arrive(j, i);
     if
     :: owed && !ME.dead && !ME.m0 -> breaks(16)
     :: else
     fi
  fi
}

/* Leaves by the top kernel frame; one that was pushed at level 0 keeps level 0. */
inline returnByFrame() {
  if
  :: ME.depth == 0 -> kill()
  :: else ->
     j = ME.kept[ME.depth - 1].at; i = ME.kept[ME.depth - 1].off;
     if
     :: !ME.kept[ME.depth - 1].m0 -> demote()
     :: else
     fi;
     dropKept();
     ME.fr = 0;
     arrive(j, i)
  fi
}

inline returns() {
  if
  :: KFRAME && ME.m0 && !slotInReach -> returnByFrame()
  :: else -> returnBySlot()
  fi
}

inline modeOn() {
  if
  :: !granted -> ret = EPERM
  :: !page[ME.at].t -> ret = EACCES
  :: !IS_L0 && !(ME.m0 && ME.ent) -> ret = EACCES
  :: else ->
     if
     :: IS_L0 && ME.fr -> breaks(5)
     :: else
     fi;
     ME.m0 = 1
  fi
}

/* Leaving needs the capability in the text, never in H (2.2); a refusal at level 0 keeps code there that must leave (I15, as T45). */
inline modeOff() {
  if
  :: !granted && !IS_H ->
     ret = EPERM;
     if
     :: ME.m0 -> breaks(15)
     :: else
     fi
  :: else ->
     if
     :: KFRAME && ME.m0 && ME.depth > 0 -> dropKept()
     :: else
     fi;
     demote()
  fi
}

inline entryCheck(v, o) {
  if
  :: IS_L0 -> ret = ENOSYS
  :: !granted -> ret = EPERM
  :: !page[v].there || !page[v].x -> ret = EFAULT
  :: !page[v].t -> ret = EACCES
  :: !declared[v] || o != OE -> ret = EINVAL
  :: GENENT && !isEntry(content(v), o) -> ret = ESTALE
  :: KFRAME && ME.depth == FRAMES_KEPT -> ret = EAGAIN
  :: else -> ME.pending = 1; ME.pendV = v; ME.pendO = o
  fi
}

inline entryGo() {
  j = ME.pendV; i = ME.pendO;
  ME.pending = 0; ME.pendV = 0; ME.pendO = 0;
  if
  :: CAPX && !granted -> ret = EPERM
  :: else -> enter()
  fi
}

inline enter() {
  if
  :: KFRAME -> pushKept((ME.m0 -> OR : OE), ME.m0, 0)
  :: else
  fi;
  ME.m0 = 1; ME.ent = 1;
  ME.fr = page[j].there && page[j].t && !isEntry(content(j), i);
  if
  :: ME.fr -> breaks(5)
  :: else
  fi;
  arrive(j, i)
}

inline gateReturn() {
  if
  :: !KFRAME -> ret = ENOSYS
  :: ME.depth == 0 -> ret = EINVAL
  :: else ->
     j = ME.kept[ME.depth - 1].at; i = ME.kept[ME.depth - 1].off;
     ME.fr = 0;
     demote();
     dropKept();
     arrive(j, i)
  fi
}

/* Only level 0 has a way back to it for the kernel to keep (A39). */
inline callDown(target, o) {
  if
  :: !KFRAME -> ret = ENOSYS
  :: !ME.m0 -> ret = EINVAL
  :: ME.depth == FRAMES_KEPT -> ret = EAGAIN
  :: else ->
     pushKept(OR, 1, 1);
     demote();
     ME.fr = 0;
     arrive(target, o)
  fi
}

inline returnUp() {
  if
  :: ME.depth == 0 -> ret = EINVAL
  :: !ME.kept[ME.depth - 1].down -> ret = EINVAL
  :: !granted -> ret = EPERM
  :: else ->
     j = ME.kept[ME.depth - 1].at; i = ME.kept[ME.depth - 1].off;
     dropKept();
     ME.m0 = 1; ME.ent = 1; ME.fr = 0;
     arrive(j, i)
  fi
}

inline smash(target, o) {
  if
  :: !OTHER.called -> ret = EFAULT
  :: OTHER.slotPrivate -> kill()
  :: else ->
     OTHER.slotV = target; OTHER.slotO = o
  fi
}
