/* The records of a zip archive, as far as npz uses them. All numbers are little-endian. */
#ifndef TT_NPZ_H
#define TT_NPZ_H

#include <stddef.h>
#include <stdint.h>

enum {
    LOCAL = 0x04034b50,
    CENTRAL = 0x02014b50,
    END = 0x06054b50,
    LOCAL_SIZE = 30,
    CENTRAL_SIZE = 46,
    END_SIZE = 22,
    MAX_COMMENT = 65535,
    NAME_SIZE = 64,
    MAX_ENTRIES = 65535,
    DATE_1980 = 0x21 /* the same archive for the same tensors */
};

typedef struct entry {
    char name[256];
    uint32_t crc;
    int method;
    int64_t packed, size, offset;
} entry;

/* The CRC-32 of zip, without its first and last inversion. */
uint32_t npz_crc(uint32_t crc, const unsigned char *p, size_t n);

#endif
