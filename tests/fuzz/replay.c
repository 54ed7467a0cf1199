/* replay.c - a main for fuzz_run.c without a fuzzer: runs the files that are named, once each. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 1 << 20 };

int main(int argc, char **argv)
{
    static uint8_t data[MOST];
    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        if (f == NULL) {
            perror(argv[i]);
            return EXIT_FAILURE;
        }
        size_t size = fread(data, 1, sizeof data, f);
        fclose(f);
        if (getenv("FUZZ_NAMES") != NULL) /* to see which one it is that crashes */
            fprintf(stderr, "%s\n", argv[i]);
        LLVMFuzzerTestOneInput(data, size);
    }
    return EXIT_SUCCESS;
}
