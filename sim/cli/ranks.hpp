#pragma once

namespace myelin::cli {

/// The processes of a run under MPI; a build without MPI has one.
class Ranks {
 public:
  Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;
  ~Ranks();

  int rank() const { return rank_; }
  int size() const { return size_; }
  bool first() const { return rank_ == 0; }

  /// Waits for all; whether it is good for every rank.
  bool all(bool good) const;

  /// Ends the processes of all ranks, if there are several.
  void abort(int exit_code) const;

 private:
  int rank_ = 0, size_ = 1;
};

}  // namespace myelin::cli
