/* Bytes and characters. Input: any bytes, which need not be UTF-8; output: where characters begin,
 * and how bytes are spelled. Invariant: spelling is one to one, both ways, for all 256 bytes. */
#include "bytes.h"

#include <string.h>

size_t utf8_expected(unsigned char first)
{
    return first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
}

size_t utf8_char(const char *text, size_t n, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = n ? (unsigned char)*text : 0xff;
    size_t len = utf8_expected(first);
    if (first >= 0x80 && (len == 1 || first > 0xf4))
        return 0;
    uint32_t c = len == 1 ? first : first & (0x7fu >> len);
    if (len > n)
        return 0;
    for (size_t i = 1; i < len; i++) {
        unsigned char next = (unsigned char)text[i];
        if ((next & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (next & 0x3f);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
        return 0;
    *code = c;
    return len;
}

size_t utf8_valid(const char *text, size_t n)
{
    size_t at = 0, len;
    uint32_t code;
    do {
        for (uint64_t eight; at + 8 <= n; at += 8) { /* ASCII */
            memcpy(&eight, text + at, 8);
            if (eight & 0x8080808080808080u)
                break;
        }
        len = at < n ? utf8_char(text + at, n - at, &code) : 0;
        at += len;
    } while (len);
    return at;
}

size_t utf8_invalid(const char *text, size_t n)
{
    size_t at = 0;
    uint32_t code;
    while (at < n && !utf8_char(text + at, n - at, &code))
        at++;
    return at;
}

size_t utf8_unfinished(const char *text, size_t n)
{
    for (size_t back = 1; back <= 3 && back <= n; back++) {
        unsigned char c = (unsigned char)text[n - back];
        if (c >= 0xc0)
            return c <= 0xf4 && utf8_expected(c) > back ? back : 0;
        if (c < 0x80)
            return 0;
    }
    return 0;
}

/* 0 .. 32, 127 .. 160 and 173 are not printable: 68 in all. */
static uint32_t char_of(unsigned char byte)
{
    if (byte <= 32)
        return 256u + byte;
    if (byte >= 127 && byte <= 160)
        return 256u + 33 + (byte - 127u);
    return byte == 173 ? 256 + 67 : byte;
}

static int byte_of(uint32_t c)
{
    if (c < 256)
        return char_of((unsigned char)c) == c ? (int)c : -1;
    if (c < 256 + 33)
        return (int)c - 256;
    if (c < 256 + 67)
        return (int)c - (256 + 33) + 127;
    return c == 256 + 67 ? 173 : -1;
}

unsigned char bytes_in_order(int place)
{
    static const int printable[] = {'~' - '!' + 1, 172 - 161 + 1, 255 - 174 + 1};
    if (place < printable[0])
        return (unsigned char)('!' + place);
    place -= printable[0];
    if (place < printable[1])
        return (unsigned char)(161 + place);
    place -= printable[1];
    if (place < printable[2])
        return (unsigned char)(174 + place);
    return (unsigned char)byte_of(256u + (uint32_t)(place - printable[2]));
}

size_t bytes_spell(const char *bytes, size_t n, char *text)
{
    size_t out = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t c = char_of((unsigned char)bytes[i]);
        if (c < 0x80) {
            text[out++] = (char)c;
        } else {
            text[out++] = (char)(0xc0 | c >> 6);
            text[out++] = (char)(0x80 | (c & 0x3f));
        }
    }
    return out;
}

bool bytes_unspell(const char *text, size_t n, char *bytes, size_t *n_bytes, uint32_t *bad)
{
    *n_bytes = 0;
    for (size_t at = 0, len; at < n; at += len) {
        *bad = 0xfffd; /* when it is no UTF-8 */
        len = utf8_char(text + at, n - at, bad);
        int byte = len ? byte_of(*bad) : -1;
        if (byte < 0)
            return false;
        bytes[(*n_bytes)++] = (char)byte;
    }
    return true;
}
