/* Profiles as switches: -DL0 | -DL1 | -DH, and under H -DNO_X for each mechanism X that is taken away. */

#if defined(L0) + defined(L1) + defined(H) != 1
#error "define exactly one of L0, L1 and H"
#endif

#ifdef L0
#define IS_L0 1
#else
#define IS_L0 0
#endif

#ifdef H
#define IS_H 1
#else
#define IS_H 0
#endif

#if IS_H && !defined(NO_ALIAS)
#define ALIAS 1
#else
#define ALIAS 0
#endif

#if IS_H && !defined(NO_CAPX)
#define CAPX 1
#else
#define CAPX 0
#endif

#if IS_H && !defined(NO_FAULTC)
#define FAULTC 1
#else
#define FAULTC 0
#endif

#if IS_H && !defined(NO_GENENT)
#define GENENT 1
#else
#define GENENT 0
#endif

#if IS_H && !defined(NO_IBT)
#define IBT 1
#else
#define IBT 0
#endif

#if IS_H && !defined(NO_KFRAME)
#define KFRAME 1
#else
#define KFRAME 0
#endif

#if IS_H && !defined(NO_KSTK)
#define KSTK 1
#else
#define KSTK 0
#endif

#if IS_H && !defined(NO_NOFORCE)
#define NOFORCE 1
#else
#define NOFORCE 0
#endif

#if IS_H && !defined(NO_SEAL)
#define SEAL 1
#else
#define SEAL 0
#endif

#if IS_H && !defined(NO_SHOOT)
#define SHOOT 1
#else
#define SHOOT 0
#endif

#if IS_H && !defined(NO_SHSTK)
#define SHSTK 1
#else
#define SHSTK 0
#endif

#if IS_H && !defined(NO_SMEPT)
#define SMEPT 1
#else
#define SMEPT 0
#endif

#if IS_H && !defined(NO_VPUB)
#define VPUB 1
#else
#define VPUB 0
#endif
