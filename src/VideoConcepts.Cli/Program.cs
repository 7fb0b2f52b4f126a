using VideoConcepts.Cli;
using VideoConcepts.Distributed;

// Open MPI gives each process a terminal; nobody wants its control sequences in what mpirun collects.
if (Launch.IsOneOfSeveral) Environment.SetEnvironmentVariable("TERM", "dumb");
Screen.OutlastTheTerminal();
return CommandLine.Run(args);
