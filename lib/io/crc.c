/* The CRC-32 of zip. Input: bytes in pieces; output: their sum. zlib's is used where the library is
 * built with it: a gigabyte and more in a second; the other one goes by half a byte at a time. */
#include "npz.h"

#if TT_HAVE_ZLIB
#include <zlib.h>

uint32_t npz_crc(uint32_t crc, const unsigned char *p, size_t n)
{
    enum { MOST = 1 << 30 }; /* zlib counts in unsigned int */
    uLong sum = ~crc & 0xffffffffu;
    for (size_t piece; n; p += piece, n -= piece) {
        piece = n < MOST ? n : MOST;
        sum = crc32(sum, p, (uInt)piece);
    }
    return ~(uint32_t)sum;
}
#else
uint32_t npz_crc(uint32_t crc, const unsigned char *p, size_t n)
{
    static const uint32_t nibble[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac,
                                        0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c,
                                        0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
                                        0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        crc = crc >> 4 ^ nibble[crc & 15];
        crc = crc >> 4 ^ nibble[crc & 15];
    }
    return crc;
}
#endif
