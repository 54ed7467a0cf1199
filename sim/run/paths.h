/* paths.h - inside run/: the calls that take a path, and lseek. */
#ifndef SIM_RUN_PATHS_H
#define SIM_RUN_PATHS_H

#include "sim/run/calls.h"

call_function path_open, path_mkfifo, path_unlink, offset_seek;

#endif
