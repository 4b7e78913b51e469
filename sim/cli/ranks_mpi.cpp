#include <mpi.h>

#include "cli/ranks.hpp"

namespace myelin::cli {

Ranks::Ranks() {
  int provided = 0;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
  MPI_Comm_size(MPI_COMM_WORLD, &size_);
}

Ranks::~Ranks() { MPI_Finalize(); }

bool Ranks::all(bool good) const {
  int mine = good ? 1 : 0, everyones = 0;
  MPI_Allreduce(&mine, &everyones, 1, MPI_INT, MPI_LAND, MPI_COMM_WORLD);
  return everyones != 0;
}

void Ranks::abort(int exit_code) const {
  if (size_ > 1) MPI_Abort(MPI_COMM_WORLD, exit_code);
}

}  // namespace myelin::cli
