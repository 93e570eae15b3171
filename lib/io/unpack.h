/* Entries of a zip archive, stored or (with zlib) deflated, unpacked as they are read: no more is
 * held than a piece of what is packed. */
#ifndef TT_IO_UNPACK_H
#define TT_IO_UNPACK_H

#include <stdbool.h>
#include <stdio.h>

#include "npz.h"
#if TT_HAVE_ZLIB
#include <zlib.h>
#endif

enum { UNPACK_PIECE = 4096, STORED = 0, DEFLATED = 8 };

typedef struct unpacker {
    FILE *f; /* stands where the packed bytes begin */
    const entry *e;
    int64_t packed, given; /* bytes that were read of the file, and those that were unpacked */
    uint32_t crc;
    const char *why; /* NULL, or what is wrong */
    bool open;
#if TT_HAVE_ZLIB
    z_stream z;
    unsigned char piece[UNPACK_PIECE];
#endif
} unpacker;

/* Here and below false: u->why says why, or it is NULL when the file cannot be read. */
bool unpack_begin(unpacker *u, FILE *f, const entry *e);
/* The next bytes. */
bool unpack(unpacker *u, void *to, size_t bytes);
/* What is left is read, and the checksum compared. */
bool unpack_end(unpacker *u);
void unpack_free(unpacker *u);

#endif
