/** @file export.h
 * What every other header needs of the compiler, and the version.
 *
 * This is the one place of the public headers where compiler extensions are used. Where they are
 * not known, the macros are empty and the library works all the same. */
#ifndef TINYTENSOR_EXPORT_H
#define TINYTENSOR_EXPORT_H

/** @defgroup export Version and visibility
 * The version of the headers, as numbers for the preprocessor. tt_version() is the one of the
 * library that a program runs with; before 1.0 the two must have the same major and minor number.
 * @{ */

#define TT_VERSION_MAJOR 0 /**< Changes that break programs, from 1.0 on. */
#define TT_VERSION_MINOR 1 /**< Additions; before 1.0 also changes that break programs. */
#define TT_VERSION_PATCH 0 /**< Corrections. */

/** @def TT_API
 * Marks a function that the shared library exports. Everything else in it is hidden.
 *
 * @def TT_PRINTF
 * Lets the compiler check the arguments of a function against its printf format.
 * @param fmt   number of the parameter that is the format, from 1
 * @param args  number of the first argument that it formats */
#if defined __GNUC__ || defined __clang__
#define TT_API               __attribute__((visibility("default")))
#define TT_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define TT_API
#define TT_PRINTF(fmt, args)
#endif

/** @} */

#endif
