-- For Lmod, after `cmake --install build/release --prefix /opt/myelin/0.1.0`; copy to MODULEPATH/myelin/0.1.0.lua.
-- Not tried on a cluster.
local root = "/opt/myelin/0.1.0"
whatis("Monte Carlo simulator of multiple sclerosis under stem-cell transplantation and drugs")
prepend_path("PATH", pathJoin(root, "bin"))
setenv("MYELIN", pathJoin(root, "bin", "myelin"))
