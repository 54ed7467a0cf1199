# pipesim
#
#   make            ./pipesim and build/plain/libringbuf.a
#   make demo       builds, and runs two scenarios (a C compiler, make and pthreads are all it needs)
#   make test       all of the following; gets the Check library if it is missing
#   make unit           the Check suites of the pipe and of the simulator  (tests/ringbuf/, tests/sim/)
#   make scenarios-run  every shipped scenario                             (scenarios/)
#   make transcripts    the command line against its expected output       (tests/cli/)
#   make wrong          every mistake in a script is found in its place    (tests/scripts/wrong/)
#   make zoo            right pipes of students pass, wrong ones are found (scenarios/labs/zoo/)
#   make docs           what README.md and docs/ quote is what comes out
#   make quiz           a quiz of each scenario marks its own key as right
#   make save           every run that pipesim step saves as a script is the same run
#   make screen         the full screen of pipesim step, in tmux           (tests/screen/)
#   make corpus         the fuzzer's inputs, once each                     (tests/fuzz/)
#   make linux-pipe     calls on the linux pipe and on this kernel's: the same? (tests/fuzz/)
#   make lab            the labs: what solves them, what does not, their grading, and submissions that cheat (tests/lab.sh, tests/hostile.sh)
#   make blocking       random scenarios whose calls sleep, on the model and on real processes (tests/fuzz/)
#   make library-fuzz   calls of libpipesim, of this kernel and of a model: the same? (tests/fuzz/)
#   make example        docs/example.c with libpipesim as it is installed
#   make shards         are the parts of an exploration the whole?
#   make same-trace     is a run the same bytes each time?
#   make facts-check    is docs/facts.md what `make facts` makes of the numbered facts and the tests?
#   make layers         do the include lines point one way only?
#   make compare        every scenario, and tests/host/facts/, on this machine's own pipes
#
#   make verify         the pipe's invariant in every state of a larger family of scenarios than in unit
#   make mutants        ten further bugs, and whether that family finds them
#   make asan tsan      most of it under AddressSanitizer and UBSan; what has threads under ThreadSanitizer
#   make valgrind       a sample of it under valgrind
#   make coverage       line coverage of the tests
#   make fuzz           the script fuzzer for FUZZ_SECONDS (clang's libFuzzer)
#   make fuzz-linux     linux-pipe with other calls, for SECONDS (FUZZ_SECONDS); the seed is the time
#   make fuzz-blocking  blocking with other scenarios, likewise; what differs is kept in scenarios/regressions
#   make facts          docs/facts.md again, with what this machine's kernel says
#   make fuzz-library   library-fuzz with other calls, likewise
#   make same-trace-all traces of two compilers and several flavours, byte by byte
#   make host-facts     does this kernel do what docs/sockets.md and docs/files.md say of Linux?
#   make bench          speed, as ratios to pipe(2), and to SPIN where it is installed
#   make transcripts-update docs-update  the present output becomes the expected one: read `git diff`
#   make format format-check   clang-format
#   make labs           build/labs/: what students get, what instructors have, a zip for Gradescope each
#   make install        into $(DESTDIR)$(PREFIX)
#   make clean
#
# A flavour is the same rules with other flags, in a folder of its own: make FLAVOUR=asan unit. V=1
# shows the commands.

FLAVOUR ?= plain
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
SECONDS ?= $(FUZZ_SECONDS)
CLANG ?= clang
CLANG_FORMAT ?= clang-format

CFLAGS ?= -O2 -g
FLAGS_asan = -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
FLAGS_tsan = -O1 -fsanitize=thread $(TSAN_FLAGS)
# Without its own record of calls: restoring a snapshot takes a stack back behind its back.
TSAN_FLAGS = $(shell if $(CC) --version | grep -q clang; \
    then echo -mllvm -tsan-instrument-func-entry-exit=0; \
    else echo --param tsan-instrument-func-entry-exit=0; fi)
FLAGS_cov = -O0 --coverage
FLAGS_fuzz = -O1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
WARNINGS = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
STANDARD = -std=c11 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -D_DARWIN_C_SOURCE
# Full-screen stepping needs ncursesw. Without it, or with `make NCURSES=no`, all the rest is there.
ifneq ($(NCURSES),no)
NCURSES_LIBS := $(shell pkg-config --libs ncursesw 2>/dev/null)
endif
ifneq ($(NCURSES_LIBS),)
NCURSES_FLAGS := -DPIPESIM_NCURSES $(shell pkg-config --cflags-only-I ncursesw)
endif
# The line-by-line stepper takes libedit for its prompt (editing, history). Without it, or with
# `make LIBEDIT=no`, the terminal's own editing is all there is.
ifneq ($(LIBEDIT),no)
LIBEDIT_LIBS := $(shell pkg-config --libs libedit 2>/dev/null)
endif
ifneq ($(LIBEDIT_LIBS),)
LIBEDIT_FLAGS := -DPIPESIM_LIBEDIT $(shell pkg-config --cflags-only-I libedit)
endif
# `pipesim explore --merge` reads JSON with jansson. Without it, or with `make JANSSON=no`, it only says so.
ifneq ($(JANSSON),no)
JANSSON_LIBS := $(shell pkg-config --libs jansson 2>/dev/null)
endif
ifneq ($(JANSSON_LIBS),)
JANSSON_FLAGS := -DPIPESIM_JANSSON $(shell pkg-config --cflags-only-I jansson)
endif
# A pipe of a person's own is loaded; where dlopen is not in the C library, it is in libdl.
DL_LIBS := $(shell echo 'int main(void){return 0;}' | $(CC) -x c - -ldl -o /dev/null 2>/dev/null && echo -ldl)
OPTIONAL_LIBS = $(DL_LIBS) $(NCURSES_LIBS) $(LIBEDIT_LIBS) $(JANSSON_LIBS)

COMPILE = $(CC) $(STANDARD) $(WARNINGS) $(WERROR) -I. -pthread $(NCURSES_FLAGS) $(LIBEDIT_FLAGS) $(JANSSON_FLAGS) $(CPPFLAGS) $(CFLAGS) $(FLAGS_$(FLAVOUR)) -MMD -MP
LINK = $(CC) -pthread $(CFLAGS) $(FLAGS_$(FLAVOUR)) $(LDFLAGS)

B = build/$(FLAVOUR)
O = $(B)/obj
ifeq ($(FLAVOUR),plain)
PIPESIM = ./pipesim
else
PIPESIM = $(B)/pipesim
endif

ifdef V
SAY = @:
else
SAY = @echo
Q = @
endif

RINGBUF = $(wildcard ringbuf/*.c)
SIM = $(filter-out sim/cli/main.c,$(wildcard sim/*/*.c))
LIBRARY_O = $(RINGBUF:%.c=$(O)/%.o)
CONTROLLED_O = $(RINGBUF:%.c=$(O)/controlled/%.o)
IMPATIENT_O = $(RINGBUF:%.c=$(O)/impatient/%.o)
BUGS = $(wildcard sim/bugs/*.sed)
BUGS_O = $(BUGS:sim/bugs/%.sed=$(O)/bugs/%.o) $(O)/bugs/table.o
SIM_O = $(SIM:%.c=$(O)/%.o) $(O)/listings.o $(O)/beside_bytes.o $(CONTROLLED_O) $(BUGS_O)

# The simulated kernel for the threads of other programs (sim/library/pipesim.h).
PIPESIM_LIBRARY_O = $(patsubst %.c,$(O)/%.o,$(wildcard sim/library/*.c sim/kernel/*.c sim/trace/*.c sim/sched/*.c)) $(CONTROLLED_O) $(BUGS_O)

all: $(PIPESIM) $(B)/libringbuf.a $(B)/libpipesim.a

$(PIPESIM): $(SIM_O) $(O)/sim/cli/main.o
	$(SAY) "link $@"
	$(Q)$(LINK) -o $@ $^ $(OPTIONAL_LIBS)

$(B)/libringbuf.a: $(LIBRARY_O)
	$(SAY) "ar   $@"
	$(Q)rm -f $@ && ar rc $@ $^ && ranlib $@

# One object with only the names that begin with sim_, where there is an objcopy; its other names might
# be those of the program.
$(B)/libpipesim.a: $(PIPESIM_LIBRARY_O)
	$(SAY) "ar   $@"
	$(Q)rm -f $@ && if $(LD) -r -o $(B)/libpipesim.o $^ 2>/dev/null && \
	    objcopy -w -G 'sim_*' $(B)/libpipesim.o 2>/dev/null; \
	    then ar rc $@ $(B)/libpipesim.o; else ar rc $@ $^; fi && ranlib $@

# -- objects ---------------------------------------------------------------------------------------

# The flags that the objects of this flavour were made with: other flags make all of them again.
$(B)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(COMPILE)' | cmp -s - $@ || echo '$(COMPILE)' >$@

# The tests of a folder name their suites by their files, and a table is made of the names; so
# nobody else need declare them.
$(O)/tests/ringbuf/%.o: tests/ringbuf/%.c $(B)/flags build/check/cflags
	$(SAY) "cc   $<"
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -Wno-missing-prototypes `cat build/check/cflags` -c -o $@ $<

$(O)/tests/sim/%.o: tests/sim/%.c $(B)/flags build/check/cflags
	$(SAY) "cc   $<"
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -Wno-missing-prototypes `cat build/check/cflags` -c -o $@ $<

$(O)/tests/main.o: tests/main.c $(B)/flags build/check/cflags
	$(SAY) "cc   $<"
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) `cat build/check/cflags` -c -o $@ $<

# The pipe, unmodified, with its pthread and heap calls redirected to the engine.
$(O)/controlled/%.o: %.c $(B)/flags
	$(SAY) "cc   $< (for the simulator)"
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -DRINGBUF_CONTROLLED -include sim/sched/redirect.h -c -o $@ $<

# The pipe with a bug, for the simulator: pipe.c as sim/bugs/NAME.sed changes it. A bug may leave
# something unused; and nobody waits for it. Where pipe.c has been changed so that a script no longer
# fits, all is built nevertheless, with a warning, and the tests of bugs fail.
MUTANT = $(COMPILE) -O0 -Wno-unused -Wno-unused-parameter -DRINGBUF_CONTROLLED -include sim/sched/redirect.h
$(O)/bugs/%.c: sim/bugs/%.sed ringbuf/pipe.c sim/bugs/mutant.awk
	$(Q)mkdir -p $(@D)
	$(Q)sed -f $< ringbuf/pipe.c >$(@:.c=.changed)
	$(Q)awk -f sim/bugs/mutant.awk $< ringbuf/pipe.c $(@:.c=.changed) >$@.new && mv $@.new $@

$(O)/bugs/table.c: $(BUGS) sim/bugs/table.sh sim/bugs
	$(Q)mkdir -p $(@D)
	$(Q)sh sim/bugs/table.sh $(BUGS) >$@

$(O)/bugs/%.o: $(O)/bugs/%.c $(B)/flags
	$(SAY) "cc   ringbuf/pipe.c (with the bug $*)"
	$(Q)$(MUTANT) -c -o $@ $< 2>$@.log || { \
	    echo "warning: sim/bugs/$*.sed no longer fits ringbuf/pipe.c ($@.log): it is the right pipe" >&2; \
	    awk -f sim/bugs/mutant.awk sim/bugs/$*.sed ringbuf/pipe.c ringbuf/pipe.c >$< 2>/dev/null && $(MUTANT) -c -o $@ $<; }

$(O)/bugs/table.o: $(O)/bugs/table.c $(B)/flags
	$(Q)$(COMPILE) -c -o $@ $<

# The pipe on real threads whose callers never look before they sleep.
$(O)/impatient/%.o: %.c $(B)/flags
	$(SAY) "cc   $< (impatient)"
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -DRINGBUF_CONTROLLED -c -o $@ $<

$(O)/%.o: %.c $(B)/flags
	$(SAY) "cc   $<"
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -c -o $@ $<

# The sources that the stepper shows, as strings; and what is included in a pipe of a person's own.
LISTED = ringbuf/pipe.c ringbuf/pipe.h $(addprefix sim/own/beside/,calls.h pthread.h semaphore.h threads.h)

$(O)/listings.c: $(LISTED) sim/own/listing.sh
	$(SAY) "list $(LISTED)"
	$(Q)mkdir -p $(@D)
	$(Q)sh sim/own/listing.sh $(LISTED) >$@.new && mv $@.new $@

$(O)/listings.o: $(O)/listings.c $(B)/flags
	$(Q)$(COMPILE) -c -o $@ $<

# What is linked to a pipe of a person's own, which has no sanitizer in it; compiled, and as bytes.
$(O)/beside.o: $(wildcard sim/own/beside/*) ringbuf/pipe.h
	$(SAY) "cc   sim/own/beside/beside.c"
	$(Q)mkdir -p $(O)/beside/pipesim && cp sim/own/beside/calls.h $(O)/beside/pipesim
	$(Q)$(CC) -std=gnu11 -O1 -fPIC -pthread -w -I$(O)/beside -I. -c -o $@ sim/own/beside/beside.c

$(O)/beside_bytes.c: $(O)/beside.o sim/own/bytes.sh
	$(Q)sh sim/own/bytes.sh beside_object $< >$@.new && mv $@.new $@

$(O)/beside_bytes.o: $(O)/beside_bytes.c $(B)/flags
	$(Q)$(COMPILE) -c -o $@ $<

# -- tests -----------------------------------------------------------------------------------------

# What ships, but for the labs: there some are to be mended.
SCENARIOS = $(filter-out scenarios/labs,$(wildcard scenarios/*))

DEMO = scenarios/basics/eof_after_last_write_end.pipe scenarios/blocking/producer_outruns_consumer.pipe

demo:
	@echo "building pipesim ..."
	@$(MAKE) --no-print-directory SAY=@: all
	@for file in $(DEMO); do \
	    echo && echo "\$$ $(PIPESIM) run $$file" && $(PIPESIM) run $$file || exit 1; \
	done

test: unit scenarios-run transcripts wrong zoo docs save quiz screen corpus linux-pipe library-fuzz blocking example shards lab same-trace layers compare facts-check
	@echo "make test: all passed ($(FLAVOUR))"

# Two programs, because the simulator has its own build of ringbuf/ in it, with the same names.
TEST_RINGBUF_O = $(patsubst %.c,$(O)/%.o,$(wildcard tests/ringbuf/*.c)) $(O)/tests/ringbuf/suites.o $(O)/tests/main.o
TEST_SIM_O = $(patsubst %.c,$(O)/%.o,$(wildcard tests/sim/*.c)) $(O)/tests/sim/suites.o $(O)/tests/main.o
# Small programs to be explored, for tests and benchmarks.
SUBJECTS_O = $(patsubst %.c,$(O)/%.o,$(wildcard tests/subjects/*.c))

# A slow machine, or a sanitizer, is no reason for a test to fail: only a hang is.
export CK_TIMEOUT_MULTIPLIER = 15

# What libedit does not give back when it ends.
export LSAN_OPTIONS = suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0

unit: $(B)/test_ringbuf $(B)/test_impatient $(B)/test_sim
	$(B)/test_ringbuf
	$(B)/test_impatient
	$(B)/test_sim

$(B)/test_ringbuf: $(TEST_RINGBUF_O) $(B)/libringbuf.a
	$(SAY) "link $@"
	$(Q)$(LINK) -o $@ $^ `cat build/check/libs`

$(B)/test_impatient: $(TEST_RINGBUF_O) $(IMPATIENT_O)
	$(SAY) "link $@"
	$(Q)$(LINK) -o $@ $^ `cat build/check/libs`

$(B)/test_sim: $(TEST_SIM_O) $(SUBJECTS_O) $(SIM_O)
	$(SAY) "link $@"
	$(Q)$(LINK) -o $@ $^ `cat build/check/libs` $(OPTIONAL_LIBS)

$(O)/tests/%/suites.c: tests/% tests/suites.sh
	@mkdir -p $(@D)
	@sh tests/suites.sh $< >$@

$(O)/tests/%/suites.o: $(O)/tests/%/suites.c $(B)/flags build/check/cflags
	$(Q)$(COMPILE) `cat build/check/cflags` -c -o $@ $<

build/check/cflags: FORCE
	@CC="$(CC)" sh tests/get-check.sh build/check

scenarios-run: $(PIPESIM)
	@PIPESIM="$(PIPESIM)" sh tests/scenarios.sh $(SCENARIOS)

# What is compiled for a pipe of a person's own has no sanitizer in it.
TRANSCRIPTS = $(if $(filter plain,$(FLAVOUR)),$(wildcard tests/cli/*.txt),$(filter-out %/own.txt,$(wildcard tests/cli/*.txt)))

transcripts: $(PIPESIM)
	@PIPESIM="$(PIPESIM)" sh tests/transcripts.sh $(TRANSCRIPTS)

transcripts-update: $(PIPESIM)
	@PIPESIM="$(PIPESIM)" sh tests/transcripts.sh --update tests/cli/*.txt

# What README.md and docs/ quote of the program.
QUOTING = README.md docs/manual.md docs/trace.md docs/semantics.md docs/language.md docs/step.md docs/quiz.md docs/explore.md docs/sockets.md docs/linux.md docs/compare.md docs/labs.md docs/instructors.md $(wildcard scenarios/labs/*/README.md)

docs: $(PIPESIM)
	@PIPESIM="$(PIPESIM)" sh tests/docs.sh $(wildcard $(QUOTING))

save: $(PIPESIM)
	@PIPESIM="$(PIPESIM)" sh tests/save.sh $(SCENARIOS)

# The full screen of pipesim step, in tmux where there is one.
screen: $(PIPESIM)
	@PIPESIM="$(PIPESIM)" LIBEDIT="$(LIBEDIT_LIBS)" sh tests/screen.sh

screen-update: $(PIPESIM)
	@PIPESIM="$(PIPESIM)" LIBEDIT="$(LIBEDIT_LIBS)" sh tests/screen.sh --update

docs-update: $(PIPESIM)
	@PIPESIM="$(PIPESIM)" sh tests/docs.sh --update $(wildcard $(QUOTING))

wrong: $(PIPESIM)
	@PIPESIM="$(PIPESIM)" sh tests/wrong.sh tests/scripts/wrong/*.pipe

# A pipe that was compiled without the sanitizer cannot be loaded beside one that was.
zoo: $(PIPESIM)
ifeq ($(FLAVOUR),plain)
	@PIPESIM="$(PIPESIM)" sh tests/zoo.sh scenarios docs/zoo.md
else
	@echo "zoo: skipped with FLAVOUR=$(FLAVOUR)"
endif

FUZZ_INPUTS = tests/fuzz/corpus tests/scripts scenarios

corpus: $(B)/fuzz_replay
	@find $(FUZZ_INPUTS) -type f -exec $(B)/fuzz_replay {} +
	@echo "corpus: `find $(FUZZ_INPUTS) -type f | wc -l | tr -d ' '` inputs, nothing crashed or hung"

$(B)/fuzz_replay: $(O)/tests/fuzz/fuzz_run.o $(O)/tests/fuzz/replay.o $(SIM_O)
	$(SAY) "link $@"
	$(Q)$(LINK) -o $@ $^ $(OPTIONAL_LIBS)

linux-pipe: $(B)/fuzz_linux
	@$(B)/fuzz_linux --operations 300000

fuzz-linux: $(B)/fuzz_linux
	@$(B)/fuzz_linux --seed `date +%s` --seconds $(SECONDS)

PLAYERS_O = $(O)/tests/fuzz/players.o $(O)/tests/fuzz/calls_player.o

$(B)/fuzz_linux: $(O)/tests/fuzz/fuzz_linux.o $(PLAYERS_O) $(O)/tests/fuzz/ringbuf_player.o $(B)/libringbuf.a
	$(SAY) "link $@"
	$(Q)$(LINK) -o $@ $^

# The calls of libpipesim, this kernel's, and a model that was written from the rules alone.
library-fuzz: $(B)/fuzz_library
	@$(B)/fuzz_library --operations 60000

fuzz-library: $(B)/fuzz_library
	@$(B)/fuzz_library --seed `date +%s` --seconds $(SECONDS)

$(B)/fuzz_library: $(O)/tests/fuzz/fuzz_library.o $(PLAYERS_O) $(O)/tests/fuzz/library_player.o $(O)/tests/fuzz/model_player.o $(B)/libpipesim.a
	$(SAY) "link $@"
	$(Q)$(LINK) -o $@ $^

$(O)/tests/fuzz/library_player.o: tests/fuzz/calls_player.c $(B)/flags
	$(SAY) "cc   $< (for the library)"
	$(Q)mkdir -p $(@D)
	$(Q)$(COMPILE) -Isim/library -DPLAYS_LIBRARY -c -o $@ $<

# Random scenarios whose calls sleep. ThreadSanitizer puts off signals, and so would change what is compared.
BLOCKING ?= 500
blocking: $(B)/fuzz_blocking
ifeq ($(FLAVOUR),tsan)
	@echo "fuzz_blocking: skipped under ThreadSanitizer"
else
	@$(B)/fuzz_blocking --scenarios $(BLOCKING)
endif

fuzz-blocking: $(B)/fuzz_blocking
	@mkdir -p scenarios/regressions
	@$(B)/fuzz_blocking --seed `date +%s`000000 --seconds $(SECONDS) --keep scenarios/regressions

$(B)/fuzz_blocking: $(O)/tests/fuzz/fuzz_blocking.o $(O)/tests/fuzz/scene.o $(SIM_O)
	$(SAY) "link $@"
	$(Q)$(LINK) -o $@ $^ $(OPTIONAL_LIBS)

quiz: $(PIPESIM)
	@PIPESIM="$(PIPESIM)" sh tests/quiz.sh $(SCENARIOS)

lab: $(PIPESIM) $(B)/without
ifeq ($(FLAVOUR),plain)
	@PIPESIM="$(PIPESIM)" sh tests/lab.sh
	@PIPESIM="$(PIPESIM)" WITHOUT="$(B)/without" sh tests/hostile.sh
else
	@echo "lab: skipped with FLAVOUR=$(FLAVOUR)"
endif

$(B)/without: tests/without.c $(B)/flags
	$(SAY) "cc   $<"
	$(Q)$(COMPILE) -o $@ $<

labs: $(PIPESIM)
	@sh scenarios/labs/instructor/platforms/pack.sh build/labs

example: all
	@MAKE="$(MAKE)" CC="$(CC)" FLAGS="-pthread $(CFLAGS) $(FLAGS_$(FLAVOUR)) $(LDFLAGS)" sh tests/example.sh $(B)/installed

shards: $(PIPESIM)
	@PIPESIM="$(PIPESIM)" sh tests/shards.sh

same-trace: $(PIPESIM)
	@sh tests/same_trace.sh $(PIPESIM)

layers:
	@sh tests/layers.sh

# ThreadSanitizer puts off signals, and so would change what is compared.
compare: $(PIPESIM)
ifeq ($(FLAVOUR),tsan)
	@echo "compare: skipped under ThreadSanitizer"
else
	@PIPESIM="$(PIPESIM)" COMPARED="$(B)/compared" sh tests/compare.sh docs/compare.md $(SCENARIOS) tests/host/facts
endif

# What a host said of each script is kept, so that the table needs none.
facts: compare $(B)/test_ringbuf
	@CK_RUN_SUITE=linux_pipe $(B)/test_ringbuf >$(B)/linux_pipe.log || { cat $(B)/linux_pipe.log; exit 1; }
	@sh tests/facts.sh --run $(B)/compared.linux >tests/host/facts.agreed
	@sh tests/facts.sh docs/semantics.md tests/host/facts.agreed >docs/facts.md

facts-check:
	@mkdir -p $(B)
	@sh tests/facts.sh docs/semantics.md tests/host/facts.agreed >$(B)/facts.md
	@cmp -s $(B)/facts.md docs/facts.md || { echo "facts: docs/facts.md is not up to date: make facts" >&2; exit 1; }
	@! grep -n '[*][*]nothing[*][*]' docs/facts.md
	@echo "facts: `grep -c '^| PS-' docs/facts.md`, each cited by a test or scenario, or not modelled with a reason"

# ThreadSanitizer would otherwise wait for a second at the end of each program.
TSAN_OPTIONS ?= atexit_sleep_ms=0
export TSAN_OPTIONS

# -- more tests ------------------------------------------------------------------------------------

# A sanitizer is slow, and sees the same code in a part of the cases.
asan: build/check/cflags
	PIPESIM_VERIFY=few $(MAKE) FLAVOUR=$@ unit scenarios-run transcripts wrong corpus linux-pipe library-fuzz

# What has real threads in it; the rest has one, whatever the tasks are that run on it.
TSAN_SUITES = threads run library library_fifos library_sets sleepers limits

tsan: build/check/cflags
	$(MAKE) FLAVOUR=$@ build/tsan/test_ringbuf build/tsan/test_sim build/tsan/pipesim build/tsan/fuzz_library
	build/tsan/test_ringbuf
	for suite in $(TSAN_SUITES); do CK_RUN_SUITE=$$suite build/tsan/test_sim || exit 1; done
	build/tsan/fuzz_library --operations 20000

verify: $(B)/test_sim
	PIPESIM_VERIFY=all CK_RUN_SUITE=verify $(B)/test_sim

# The test program, with a pipe that has been changed by tests/mutants.sh.
MUTANT_LINK = $(LINK) -o $(B)/mutant/test_sim $(filter-out $(O)/controlled/ringbuf/pipe.o,$(TEST_SIM_O) $(SUBJECTS_O) $(SIM_O)) \
    $(B)/mutant/pipe.o `cat build/check/libs` $(OPTIONAL_LIBS)
MUTANT_COMPILE = $(COMPILE) -Wno-unused -Wno-unused-parameter -DRINGBUF_CONTROLLED -include sim/sched/redirect.h \
    -c -o $(B)/mutant/pipe.o $(B)/mutant/pipe.c

mutants: $(B)/test_sim
	@mkdir -p $(B)/mutant
	@sh tests/mutants.sh $(B)/mutant "$(MUTANT_COMPILE)" "$(MUTANT_LINK)"

same-trace-all:
	$(MAKE) FLAVOUR=gcc-O0 CC=gcc CFLAGS=-O0
	$(MAKE) FLAVOUR=gcc-O2 CC=gcc CFLAGS=-O2
	$(MAKE) FLAVOUR=clang-O0 CC=$(CLANG) CFLAGS=-O0
	$(MAKE) FLAVOUR=clang-O2 CC=$(CLANG) CFLAGS=-O2
	$(MAKE) FLAVOUR=asan
	$(MAKE) FLAVOUR=tsan
	sh tests/same_trace.sh build/gcc-O0/pipesim build/gcc-O2/pipesim build/clang-O0/pipesim \
	    build/clang-O2/pipesim build/asan/pipesim build/tsan/pipesim

valgrind: $(PIPESIM) $(B)/test_ringbuf
	PIPESIM="$(PIPESIM)" sh tests/valgrind.sh $(B)/test_ringbuf

coverage: build/check/cflags
	find build/cov -name '*.gcda' -exec rm -f {} + 2>/dev/null || true
	$(MAKE) FLAVOUR=cov test
	@sh tests/coverage.sh build/cov/obj

# libFuzzer reads the folders recursively and adds what it finds to the first.
fuzz:
	$(MAKE) FLAVOUR=fuzz CC=$(CLANG) build/fuzz/fuzz_run
	mkdir -p build/fuzz/found
	build/fuzz/fuzz_run -max_total_time=$(FUZZ_SECONDS) -timeout=20 -rss_limit_mb=2048 \
	    -max_len=4096 -dict=tests/fuzz/pipesim.dict -artifact_prefix=build/fuzz/ \
	    -print_final_stats=1 build/fuzz/found $(FUZZ_INPUTS)

$(B)/fuzz_run: $(O)/tests/fuzz/fuzz_run.o $(SIM_O)
	$(SAY) "link $@"
	$(Q)$(LINK) -fsanitize=fuzzer -o $@ $^ $(OPTIONAL_LIBS)

# A benchmark that includes something of sim/ is linked with the simulator, others with the library.
BENCH_SIM = $(shell grep -l '"sim/' tests/bench/*.c /dev/null)
BENCH_LIB = $(filter-out $(BENCH_SIM),$(wildcard tests/bench/*.c))
BENCHES = $(BENCH_SIM:tests/bench/%.c=$(B)/%) $(BENCH_LIB:tests/bench/%.c=$(B)/%)

bench: $(BENCHES) $(PIPESIM)
	@for program in $(BENCHES); do echo "$$program" && $$program || exit 1; done

$(BENCH_SIM:tests/bench/%.c=$(B)/%): $(B)/%: $(O)/tests/bench/%.o $(SIM_O)
	$(SAY) "link $@"
	$(Q)$(LINK) -o $@ $^ $(OPTIONAL_LIBS)

$(B)/bench_explore: $(SUBJECTS_O)

$(BENCH_LIB:tests/bench/%.c=$(B)/%): $(B)/%: $(O)/tests/bench/%.o $(B)/libringbuf.a
	$(SAY) "link $@"
	$(Q)$(LINK) -o $@ $^

host-facts:
	@mkdir -p $(B)
	$(CC) -O1 -pthread -w -o $(B)/host_sockets tests/host/sockets.c
	$(B)/host_sockets | grep '^| SO-' >$(B)/host_sockets.md
	@grep '^| SO-' docs/sockets.md | diff - $(B)/host_sockets.md && echo "host-facts: as docs/sockets.md has them"
	$(CC) -O1 -pthread -w -o $(B)/host_files tests/host/files.c
	$(B)/host_files | grep '^| FO-' >$(B)/host_files.md
	@grep '^| FO-' docs/files.md | diff - $(B)/host_files.md && echo "host-facts: as docs/files.md has them"

# -- the rest --------------------------------------------------------------------------------------

C_FILES = $(wildcard ringbuf/*.[ch] sim/*/*.[ch] tests/*.[ch] tests/*/*.[ch])

format:
	$(CLANG_FORMAT) -i $(C_FILES)

format-check:
	@$(CLANG_FORMAT) --dry-run --Werror $(C_FILES) && echo "format: as .clang-format has it"

install: all
	mkdir -p $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/lib $(DESTDIR)$(PREFIX)/include/ringbuf
	install -m 755 $(PIPESIM) $(DESTDIR)$(PREFIX)/bin/pipesim
	install -m 644 $(B)/libringbuf.a $(DESTDIR)$(PREFIX)/lib/libringbuf.a
	install -m 644 $(B)/libpipesim.a $(DESTDIR)$(PREFIX)/lib/libpipesim.a
	install -m 644 sim/library/pipesim.h sim/library/pipesim_calls.h $(DESTDIR)$(PREFIX)/include
	install -m 644 ringbuf/pipe.h $(DESTDIR)$(PREFIX)/include/ringbuf/pipe.h
	mkdir -p $(DESTDIR)$(PREFIX)/share/pipesim
	cp -R scenarios $(DESTDIR)$(PREFIX)/share/pipesim
	rm -rf $(DESTDIR)$(PREFIX)/share/pipesim/scenarios/labs/instructor

clean:
	rm -rf build pipesim

FORCE:

-include $(shell find $(B) -name '*.d' 2>/dev/null)

.SECONDARY: $(BUGS:sim/bugs/%.sed=$(O)/bugs/%.c) $(O)/bugs/table.c $(O)/tests/ringbuf/suites.c $(O)/tests/sim/suites.c
.PHONY: lab labs all demo test unit scenarios-run transcripts transcripts-update wrong zoo docs docs-update save quiz screen screen-update corpus linux-pipe shards same-trace layers compare
.PHONY: verify mutants asan tsan same-trace-all valgrind coverage fuzz fuzz-linux fuzz-library host-facts bench format format-check install clean FORCE
.PHONY: blocking facts facts-check fuzz-blocking library-fuzz example
