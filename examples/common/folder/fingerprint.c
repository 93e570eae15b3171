/* Fingerprints. Input: bytes in pieces; output: 64 bits. Invariant: where the pieces end counts,
 * too, so that two texts are not taken for the same two texts cut elsewhere. The mixing is that of
 * MurmurHash's finaliser (A. Appleby, 2010), a word at a time. */
#include "fingerprint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static uint64_t mix(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * 0xff51afd7ed558ccdu;
    return sum ^ (sum >> 32);
}

uint64_t fingerprint_add(uint64_t sum, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    uint64_t word;
    sum = mix(sum, n + 0x9e3779b97f4a7c15u);
    for (size_t left = n; left >= sizeof word; left -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        sum = mix(sum, word);
    }
    word = 0;
    memcpy(&word, at, n % sizeof word);
    return mix(sum, word) * 0xc4ceb9fe1a85ec53u;
}

void fingerprint_spell(uint64_t sum, char text[FINGERPRINT_TEXT])
{
    snprintf(text, FINGERPRINT_TEXT, "%016" PRIx64, sum);
}
