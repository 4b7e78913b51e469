"""Shows by disassembly that the hot loops were compiled as meant.

usage: kernels_test.py BINARY KERNEL...

The copies of the loops for AVX2 and AVX-512 live in namespaces of their own. Each KERNEL (a function name) must gather in
both copies, over 512-bit registers in the second. No copy may contract a product and a sum, or results would depend on
the instruction set. Outside these namespaces there must be no AVX code at all: an inline function shared with the
baseline would bring it there, and the program would crash on older processors.
"""

import re
import subprocess
import sys

ISAS = ("avx2", "avx512")
SYMBOL = re.compile(r"^[0-9a-f]+ <(.*)>:$")
OWNER = re.compile(r"\bmyelin::engine::(avx2|avx512)::(?:\w+::)*(\w+)")
INSTRUCTION = re.compile(r"^\s*[0-9a-f]+:\s+(.*)$")
PREFIXES = {"lock", "rep", "repz", "repnz", "bnd", "notrack", "data16", "cs", "ds", "es", "fs", "gs"}
GATHER = re.compile(r"^vp?gather[dq]")
CONTRACTED = re.compile(r"^vfn?m(add|sub)")
# Mnemonics with a leading v that are older than AVX: segment checks and virtualisation.
NOT_AVX = {"verr", "verw", "vmcall", "vmlaunch", "vmresume", "vmxoff"}


def owner_of(symbol):
    """(instruction set, function) of a demangled symbol, or None outside the namespaces of the copies.

    Clones, parts and lambdas belong to the function they came from; a type among the arguments decides nothing.
    """
    name = symbol.replace("(anonymous namespace)::", "").split("(")[0].split(" [clone")[0]
    # A qualified name inside template arguments belongs to the function template, not to the copies.
    while True:
        shorter = re.sub(r"<[^<>]*>", "", name)
        if shorter == name:
            break
        name = shorter
    # A function template stands behind its return type.
    owner = OWNER.search(name.rpartition(" ")[2])
    return owner.groups() if owner else None


def examine(lines):
    """What a listing of objdump contains: by copy and function the gathers, whether 512 bits wide, and all problems."""
    kernels = {}
    problems = []
    symbol, owner = "", None
    reported = set()
    for line in lines:
        header = SYMBOL.match(line)
        if header:
            symbol = header.group(1)
            owner = owner_of(symbol)
            if owner:
                kernels.setdefault(owner, {"gathers": 0, "wide": False})
            continue
        instruction = INSTRUCTION.match(line)
        if not instruction:
            continue
        text = instruction.group(1)
        mnemonic = next((word for word in text.split() if word not in PREFIXES), "")
        if not owner:
            if mnemonic.startswith("v") and mnemonic not in NOT_AVX and symbol not in reported:
                reported.add(symbol)
                problems.append(f"{symbol}: AVX code outside the namespaces of the copies: {text}")
            continue
        kernels[owner]["gathers"] += bool(GATHER.match(mnemonic))
        kernels[owner]["wide"] |= "%zmm" in text
        if CONTRACTED.match(mnemonic) and symbol not in reported:
            reported.add(symbol)
            problems.append(f"{symbol}: contracted product and sum: {text}")
    return kernels, problems


def check_listing(lines, names):
    """All that is wrong with a listing in which the functions `names` should gather, one text each."""
    kernels, problems = examine(lines)
    for isa in ISAS:
        for name in names:
            kernel = kernels.get((isa, name))
            if kernel is None:
                problems.append(f"myelin::engine::{isa}::{name}: no such function (inlined or renamed?)")
                continue
            if not kernel["gathers"]:
                problems.append(f"myelin::engine::{isa}::{name}: no gather instruction")
            if isa == "avx512" and not kernel["wide"]:
                problems.append(f"myelin::engine::{isa}::{name}: no 512-bit register")
    return problems


def self_test():
    """A good listing passes and each planted fault is found: a check that cannot fail proves nothing."""
    good = """
0000000000001000 <myelin::engine::avx2::sample_rows(std::span<int const, 18446744073709551615ul>) [clone .constprop.0]>:
    1000:	mov    %rsp,%rbp
    1004:	vpgatherdd %ymm1,(%rdi,%ymm0,4),%ymm2
0000000000002000 <myelin::engine::avx512::sample_rows(std::span<int const, 18446744073709551615ul>)>:
    2000:	jmp    3000 <myelin::engine::avx512::sample_rows(int)::{lambda(int)#1}::operator()(int) const>
0000000000003000 <myelin::engine::avx512::(anonymous namespace)::sample_rows(int) [clone .part.0]>:
    3000:	vpgatherdd (%rdi,%zmm1,4),%zmm0{%k1}
0000000000004000 <myelin::engine::avx2::Lane myelin::run<myelin::engine::avx2::Lane>(myelin::engine::avx512::Lane const&)>:
    4000:	mulsd  %xmm1,%xmm0
""".splitlines()
    assert check_listing(good, ["sample_rows"]) == []

    def fault(old, new, expected, names=("sample_rows",)):
        listing = "\n".join(good).replace(old, new).splitlines()
        problems = check_listing(listing, names)
        assert len(problems) == 1 and expected in problems[0], f"{expected}: {problems}"

    fault("vpgatherdd %ymm1,(%rdi,%ymm0,4),%ymm2", "vmovdqu (%rdi),%ymm2", "avx2::sample_rows: no gather")
    fault("vpgatherdd (%rdi,%zmm1,4),%zmm0{%k1}", "vmovdqu64 (%rdi),%zmm0", "avx512::sample_rows: no gather")
    fault("(%rdi,%zmm1,4),%zmm0{%k1}", "(%rdi,%ymm1,4),%ymm0{%k1}", "avx512::sample_rows: no 512-bit")
    fault("mov    %rsp,%rbp", "vfmadd231pd %ymm0,%ymm1,%ymm2", "contracted")
    fault("mov    %rsp,%rbp", "vfnmsub132sd %xmm0,%xmm1,%xmm2", "contracted")
    fault("mulsd  %xmm1,%xmm0", "vmulsd %xmm1,%xmm0,%xmm0", "AVX code outside")
    fault("avx2::sample_rows", "avx2::sample_columns", "avx2::sample_rows: no such function")
    assert len(check_listing([], ["sample_rows"])) == len(ISAS)


def disassemble(binary):
    """The lines of the disassembly of `binary`; ends the program with objdump's message when that fails."""
    command = ["objdump", "--disassemble", "--no-show-raw-insn", "--demangle", binary]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as objdump:
        yield from objdump.stdout
    if objdump.returncode != 0:
        sys.exit(f"objdump failed on {binary}")


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    self_test()
    problems = check_listing(disassemble(sys.argv[1]), sys.argv[2:])
    for problem in problems:
        print(problem)
    if problems:
        sys.exit(f"{len(problems)} kernels are not compiled as meant")
    print("the kernels gather, contract nothing and keep AVX to themselves")


if __name__ == "__main__":
    main()
