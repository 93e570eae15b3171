/* INLINE: for small functions that loops must see whole, since one that is left as a call keeps its
 * loop from being turned into vector code; and for the few steps that every operation takes. COLD:
 * for what these hardly ever come to, so that it costs them nothing. */
#ifndef TT_INLINE_H
#define TT_INLINE_H

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#define COLD   __attribute__((cold, noinline))
#else
#define INLINE static inline
#define COLD
#endif

#endif
