using TorchSharp;

namespace VideoConcepts.Distributed;

/// <summary>Finds out whether this process is one of several, and joins the others.</summary>
public static class Launch
{
    /// <summary>
    /// What <c>--distributed</c> takes: several processes where a launcher started them, always MPI, or never.
    /// </summary>
    public static IReadOnlyList<string> Choices { get; } = ["auto", "mpi", "none"];

    /// <summary>The option that takes them.</summary>
    public const string Option = "--distributed";

    /// <summary>What the choice is for.</summary>
    public const string Description = "several processes: auto (where mpirun or srun started them), mpi or none";

    /// <summary>Gives this process its part of the machine's cores, unless it is alone.</summary>
    public static void ShareCores(ICommunicator ranks)
    {
        if (ranks.Size > 1) torch.set_num_threads(Math.Max(1, Environment.ProcessorCount / LocalSize));
    }

    /// <summary>Opens the world of processes.</summary>
    /// <param name="choice">One of <see cref="Choices"/>.</param>
    /// <exception cref="BadInputException">There is no such choice, or MPI is wanted and there is no Open MPI, or
    /// another MPI started this process.</exception>
    public static ICommunicator Open(string choice)
    {
        if (!Choices.Contains(choice))
            throw new BadInputException($"‹distributed› {choice}: choose {string.Join(", ", Choices)}.");
        if (choice == "none") return new SingleProcess();
        if (choice == "auto" && !UnderOpenMpi)
        {
            if (Has("PMI_RANK") && Has("PMI_SIZE") && Environment.GetEnvironmentVariable("PMI_SIZE") != "1"
                && !Has("PMIX_RANK"))
                throw new BadInputException(
                    "this process was started by MPICH's or Intel's mpirun, or by srun --mpi=pmi2; "
                    + "several processes need Open MPI: use its mpirun, or srun --mpi=pmix. "
                    + "‹distributed› none runs alone.");
            return new SingleProcess();
        }
        return OperatingSystem.IsLinux() ? OpenMpi.Start() : throw OnlyOnLinux;
    }

    /// <summary>Whether a launcher started several processes.</summary>
    public static bool IsOneOfSeveral => Number("OMPI_COMM_WORLD_SIZE", Has("PMIX_RANK") ? "SLURM_NTASKS" : "") > 1;

    /// <summary>Processes of this run on this machine, as the launcher says.</summary>
    public static int LocalSize => Math.Max(1, Number("OMPI_COMM_WORLD_LOCAL_SIZE", "SLURM_NTASKS_PER_NODE"));

    /// <summary>Number of this process among those of this run on this machine, from 0.</summary>
    public static int LocalRank => Number("OMPI_COMM_WORLD_LOCAL_RANK", "SLURM_LOCALID");

    internal static BadInputException OnlyOnLinux => new(
        "several processes need Linux, with Open MPI; start this one without mpirun, or with ‹distributed› none.");

    private static bool UnderOpenMpi => Has("OMPI_COMM_WORLD_SIZE") || Has("PMIX_RANK");

    /// <summary>What mpirun says, or else Slurm; 0 if neither does.</summary>
    private static int Number(string ofMpirun, string ofSlurm) =>
        uint.TryParse(
            Environment.GetEnvironmentVariable(ofMpirun) ?? Environment.GetEnvironmentVariable(ofSlurm),
            out uint number) ? (int)number : 0;

    private static bool Has(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
