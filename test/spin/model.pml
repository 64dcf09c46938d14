/* A second opinion on the core of the semantics: gates, return smashing, aliases, forced writes, publish and unpublish.
 * Written from the specification alone; README.md says what it covers. Build with one profile (profile.pml) and any of
 * -DSMASHING -DSTRAYING -DFILLING -DALIASING -DFORCING -DPUBLISHING -DMISUSING -DCHANGING -DREVOKING to choose operations,
 * -DTHREADS=n, -DKEPT=n; -DWANTED=i asserts that invariant Ii is never broken, which gives a trail. */

#ifndef THREADS
#define THREADS 2
#endif

#include "profile.pml"
#include "state.pml"
#include "rules.pml"
#include "gates.pml"
#include "pages.pml"
#include "trust.pml"
#include "operations.pml"

c_decl {
\#include "observe.h"
}

active [THREADS] proctype thread() {
  byte op, onPage, atOffset;
end:
  do
  :: d_step { !ready -> boot() }
  :: atomic {
       if
#include "alphabet.pml"
       fi;
       issue()
     }
  od
}
