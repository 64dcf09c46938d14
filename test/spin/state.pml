/* State: four pages of one process, two threads on two cores, all with CAP_KRNLMODEBYPAGE until it is dropped.
 * A trusted verified code (r-x), B native code (r-x), W a shared memfd buffer (rw-), Y nothing yet. */

#define PA 0
#define PB 1
#define PW 2
#define PY 3
#define PAGES 4

/* Offsets: true entry, anything else inside a function, continuation after a call. */
#define OE 0
#define OM 1
#define OR 2

/* Contents of a frame, which imply its true entries: E for VER and NAT, only a moved one for VER2, none for DATA. */
#define FREE 0
#define VER 1
#define VER2 2
#define NAT 3
#define DATA 4
#define FRAMES 8

#define isVerified(c) ((c) == VER || (c) == VER2)
#define isEntry(c, o) (((c) == VER || (c) == NAT) && (o) == OE)

typedef Page { bit there; byte frame; bit w; bit x; bit t; bit shared };
typedef Frame { byte bytes; bit owned };
/* A translation as a core remembers it. Only A and W can change without a flush of every core, so only they are remembered. */
typedef Entry { bit valid; byte frame; bit w; bit x; bit t };
/* A frame that the kernel holds for a thread: of an entry, or of a call from verified code down to native code. At most 4. */
#define FRAMES_KEPT 4
typedef Kept { byte at; byte off; bit m0; bit down; bit slots };

typedef Thread {
  bit dead; byte at; byte off;
  bit m0;                      /* at privilege level 0 */
  bit ent;                     /* entered by syskerneljump */
  bit fr;                      /* arrived where verified code would not have sent it */
  bit called;                  /* one return slot is in use; call depth is at most 1 */
  byte slotV; byte slotO; bit slotPrivate;
  byte trueV; bit trueM0;      /* what the call really pushed (offset R always) */
  bit pending; byte pendV; byte pendO;
  byte depth; Kept kept[FRAMES_KEPT]
};

Page page[PAGES];
Frame frame[FRAMES];
Entry tlb[4];                  /* core * 2 + (page is W) */
Thread th[2];
bit declared[PAGES];           /* page's offset E is a declared entry */
bit granted = 1;               /* the process still holds the capability */
bit ready;                     /* boot has run */

#define ME th[_pid]
#define OTHER th[1 - _pid]
#define content(v) frame[page[v].frame].bytes
#define remembered(core, v) tlb[(core) * 2 + ((v) == PW)]
/* With a shootdown on every revocation a core never knows better than the page table, so nothing need be remembered. */
#if SHOOT
#define isRemembered(v) 0
#else
#define isRemembered(v) ((v) == PA || (v) == PW)
#endif

/* Errors and effects of one operation; never part of the state. */
#define EACCES 1
#define EAGAIN 2
#define EBUSY 3
#define EEXIST 4
#define EFAULT 5
#define EINVAL 6
#define EIO 7
#define ENOENT 8
#define ENOMEM 9
#define ENOSYS 10
#define EPERM 11
#define ESTALE 12
#define SIGSEGV 13

hidden byte ret;               /* 0 or one of the above */
hidden int broken;             /* bit i: invariant Ii broken by this operation */
hidden byte wasM0;             /* mode before the operation */
hidden byte i;                 /* scratch; in transfers, the offset to go to */
hidden byte j;                 /* scratch; in transfers, the page to go to */
hidden byte fresh;             /* frame found by freshFrame */
hidden byte seenFrame;         /* the translation last used by the acting core */
hidden byte seenW;
hidden byte seenX;
hidden byte seenT;
hidden byte operation;         /* of the current step, with its operands and the mode after it: for observe.h */
hidden byte operandV;
hidden byte operandO;
hidden byte mode;
hidden byte legal;             /* the return slot is the one that was pushed */
hidden byte owed;              /* the return must arrive at level 0 again */

#define breaks(n) broken = broken | (1 << (n))

inline boot() {
  frame[0].bytes = VER;
  frame[0].owned = ALIAS;
  frame[1].bytes = NAT;
  frame[2].bytes = DATA;
  page[PA].there = 1; page[PA].frame = 0; page[PA].x = 1; page[PA].t = 1;
  page[PB].there = 1; page[PB].frame = 1; page[PB].x = 1;
  page[PW].there = 1; page[PW].frame = 2; page[PW].w = 1; page[PW].shared = 1;
  declared[PA] = 1;
  th[0].at = PB;
  th[1].at = PB;
  th[1].dead = (THREADS == 1);
  ready = 1
}
