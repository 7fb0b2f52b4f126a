using VideoConcepts.Cli;

return CommandLine.Run(args);
