/* What may have been meant by a name that is none. Input: what was typed, and the names that there
 * are; output: the nearest by letters added, left out, changed, or swapped with the next one
 * (F. J. Damerau, A Technique for Computer Detection and Correction of Spelling Errors, 1964). */
#include <string.h>

#include "args.h"

enum { LONGEST = 40 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

static bool alike(char a, char b)
{
    return a == b || (a == '_' && b == '-');
}

static int distance(const char *a, const char *b)
{
    int n = (int)strlen(a), m = (int)strlen(b), d[LONGEST + 1][LONGEST + 1];
    if (n > LONGEST || m > LONGEST)
        return LONGEST;
    for (int i = 0; i <= n; i++)
        for (int j = 0; j <= m; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            int change = d[i - 1][j - 1] + !alike(a[i - 1], b[j - 1]);
            d[i][j] = least(change, 1 + least(d[i - 1][j], d[i][j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = least(d[i][j], 1 + d[i - 2][j - 2]);
        }
    return d[n][m];
}

const char *args_nearest(const char *typed, const char *const *names, int n)
{
    size_t letters = strlen(typed + strspn(typed, "-"));
    const char *best = NULL;
    int most = letters < 4 ? 1 : letters < 8 ? 2 : 3, nearest = most + 1;
    for (int i = 0; i < n; i++) {
        if (letters > 1 && strncmp(typed, names[i], strlen(typed)) == 0)
            return names[i];
        int far = distance(typed, names[i]);
        if (far < nearest) {
            nearest = far;
            best = names[i];
        }
    }
    return best;
}
