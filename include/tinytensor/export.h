/** @file export.h  Visibility, format checking and version of the library. */
#ifndef TINYTENSOR_EXPORT_H
#define TINYTENSOR_EXPORT_H

#define TT_VERSION_MAJOR 0
#define TT_VERSION_MINOR 1
#define TT_VERSION_PATCH 0

#if defined __GNUC__ || defined __clang__
#define TT_API __attribute__((visibility("default")))
#define TT_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define TT_API
#define TT_PRINTF(fmt, args)
#endif

#endif
