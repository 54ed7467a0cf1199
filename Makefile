# pipesim
#
#   make            ./pipesim and build/plain/libringbuf.a
#   make demo       builds, and runs two scenarios (a C compiler, make and pthreads are all it needs)
#   make test       everything below in the plain flavour; gets the Check library if it is missing
#   make unit       the Check suites                         (tests/test_*.c)
#   make scenarios-run  every shipped scenario               (scenarios/)
#   make transcripts    the command line against its expected output  (tests/cli/)
#   make layers     do the include lines point one way only?
#   make asan tsan  `make test` under AddressSanitizer and UBSan, or ThreadSanitizer
#   make valgrind   a sample of it under valgrind
#   make coverage   line coverage of the tests
#   make fuzz       the script fuzzer for FUZZ_SECONDS (clang's libFuzzer)
#   make bench      speed, as ratios to pipe(2)
#   make format format-check   clang-format
#   make install    into $(DESTDIR)$(PREFIX)
#   make clean
#
# A flavour is the same rules with other flags, in a folder of its own: make FLAVOUR=asan ...

FLAVOUR ?= plain
CC ?= cc
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60

CFLAGS ?= -O2 -g
FLAGS_plain =
FLAGS_asan = -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
FLAGS_tsan = -O1 -fsanitize=thread
FLAGS_cov = -O0 --coverage
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
STANDARD = -std=c11 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -D_DARWIN_C_SOURCE
COMPILE = $(CC) $(STANDARD) $(WARNINGS) $(WERROR) -I. -pthread $(CFLAGS) $(FLAGS_$(FLAVOUR)) -MMD -MP
LINK = $(CC) -pthread $(CFLAGS) $(FLAGS_$(FLAVOUR)) $(LDFLAGS)

B = build/$(FLAVOUR)
ifeq ($(FLAVOUR),plain)
PIPESIM = ./pipesim
else
PIPESIM = $(B)/pipesim
endif

RINGBUF = $(wildcard ringbuf/*.c)
SIM = $(filter-out sim/cli/main.c,$(wildcard sim/*/*.c))
TESTS = $(wildcard tests/*.c)
LIBRARY_O = $(RINGBUF:%.c=$(B)/obj/%.o)
CONTROLLED_O = $(RINGBUF:ringbuf/%.c=$(B)/obj/controlled/%.o)
SIM_O = $(SIM:%.c=$(B)/obj/%.o) $(CONTROLLED_O)
TESTS_O = $(TESTS:%.c=$(B)/obj/%.o)

all: $(PIPESIM) $(B)/libringbuf.a

$(PIPESIM): $(SIM_O) $(B)/obj/sim/cli/main.o
	$(LINK) -o $@ $^

$(B)/libringbuf.a: $(LIBRARY_O)
	rm -f $@ && ar rcs $@ $^

$(B)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(COMPILE) -c -o $@ $<

# The pipe, unmodified, with its pthread and heap calls redirected to the engine.
$(B)/obj/controlled/%.o: ringbuf/%.c
	@mkdir -p $(@D)
	$(COMPILE) -DRINGBUF_CONTROLLED -include sim/sched/redirect.h -c -o $@ $<

clean:
	rm -rf build pipesim

-include $(shell find build -name '*.d' 2>/dev/null)

.PHONY: all clean
