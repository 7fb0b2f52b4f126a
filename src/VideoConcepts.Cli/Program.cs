using VideoConcepts.Cli;
using VideoConcepts.Distributed;

// Open MPI gives each process a terminal; nobody wants its control sequences in what mpirun collects.
if (Launch.IsOneOfSeveral) Environment.SetEnvironmentVariable("TERM", "dumb");
Console.SetError(new LastingErrorOutput(Console.Error));
return CommandLine.Run(args);
