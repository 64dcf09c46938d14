/* Setting and taking away KERNELTRUST. L0: from a trusted page. L1: from a trusted page, privileged. H: by anyone, for the
 * kernel checks the bytes itself. */

#define mayPublish (IS_H || (page[ME.at].t && (IS_L0 || (ME.m0 && ME.ent))))

inline publish(v) {
  if
  :: !page[v].there -> ret = ENOMEM
  :: !granted -> ret = EPERM
  :: VPUB && !isVerified(content(v)) -> ret = EINVAL
  :: !mayPublish -> ret = EACCES
  :: else ->
     if
     :: (ME.fr && !VPUB) || !isVerified(content(v)) -> breaks(10)
     :: else
     fi;
     if
     :: ALIAS -> copyFrame(v)
     :: else
     fi;
     page[v].t = 1; page[v].w = 0; page[v].x = 1;
     flushAll(v);
     if
     :: IS_H && isEntry(content(v), OE) -> declared[v] = 1
     :: else
     fi
  fi
}

inline copyFrame(v) {
  freshFrame(content(v));
  frame[fresh].owned = 1;
  page[v].frame = fresh;
  page[v].shared = 0
}

/* Another thread runs v at level 0, is about to enter it, or will return to it by something the kernel can see. */
#define runsIt(v) (OTHER.m0 && OTHER.at == (v))
#define willEnterIt(v) (OTHER.pending && OTHER.pendV == (v))
#define willReturnToIt(v) (OTHER.called && OTHER.slotPrivate && OTHER.slotV == (v))
#define keptAt(d, v) (OTHER.depth > d && OTHER.kept[d].at == (v))
#define keptForIt(v) (keptAt(0, v) || keptAt(1, v) || keptAt(2, v) || keptAt(3, v))
#define inUse(v) (!OTHER.dead && (runsIt(v) || willEnterIt(v) || willReturnToIt(v) || keptForIt(v)))

inline unpublish(v) {
  if
  :: !page[v].there || !page[v].t -> ret = EINVAL
  :: !granted -> ret = EPERM
  :: !mayPublish -> ret = EACCES
  :: SHOOT && inUse(v) -> ret = EBUSY
  :: else -> untrust(v)
  fi
}

inline untrust(v) {
  page[v].t = 0; page[v].w = 1;
  if
  :: ALIAS ->
     freshFrame(DATA);
     page[v].frame = fresh
  :: else
  fi;
  flushOne(_pid, v);
  if
  :: SHOOT -> flushOne(1 - _pid, v)
  :: else
  fi;
  collect();
  if
  :: isRemembered(v) && remembered(1 - _pid, v).valid && remembered(1 - _pid, v).t -> breaks(17)
  :: else
  fi;
  if
  :: GENENT -> declared[v] = 0
  :: else
  fi
}
