/* For small functions that loops must see whole: one that is left as a call keeps its loop from
 * being turned into vector code. */
#ifndef TT_INLINE_H
#define TT_INLINE_H

#if defined(__GNUC__)
#define INLINE static inline __attribute__((always_inline))
#else
#define INLINE static inline
#endif

#endif
