using System.Globalization;
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

    /// <summary>The option that takes how many minutes a message may wait for the other processes.</summary>
    public const string TimeoutOption = "--distributed_timeout";

    /// <summary>What it is for.</summary>
    public const string TimeoutDescription =
        "minutes that a process waits for the others before it takes them for gone and ends";

    /// <summary>Its value if none is given.</summary>
    public const double DefaultTimeout = 30;

    /// <summary>Gives this process its part of the machine's cores, unless it is alone.</summary>
    public static void ShareCores(ICommunicator ranks)
    {
        if (ranks.Size > 1) torch.set_num_threads(Cores);
    }

    /// <summary>Opens the world of processes.</summary>
    /// <param name="choice">One of <see cref="Choices"/>.</param>
    /// <param name="timeout">Minutes that a message may take; then the process ends with a line on standard error and
    /// exit status 1.</param>
    /// <exception cref="BadInputException">There is no such choice, or MPI is wanted and there is no Open MPI, or
    /// another MPI started this process, or the timeout is not above 0.</exception>
    public static ICommunicator Open(string choice, double timeout = DefaultTimeout)
    {
        RequireTimeout(timeout);
        if (!Choices.Contains(choice))
            throw new BadInputException($"‹distributed› {choice}: choose {string.Join(", ", Choices)}.");
        if (choice == "none") return new SingleProcess();
        if (!UnderOpenMpi && !Has("PMI_RANK") && TasksOfStep > 1)
            throw new BadInputException(
                $"srun started {TasksOfStep} processes that cannot find each other: start them with srun --mpi=pmix. "
                + "‹distributed› none runs each for itself.");
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
        return OperatingSystem.IsLinux()
            ? OpenMpi.Start(MessageWatch.OfThisProcess(TimeSpan.FromMinutes(timeout)))
            : throw OnlyOnLinux;
    }

    /// <exception cref="BadInputException">It is not above 0, or longer than a week.</exception>
    internal static void RequireTimeout(double timeout)
    {
        if (!(timeout > 0 && timeout <= 10080))
            throw new BadInputException(string.Create(CultureInfo.InvariantCulture,
                $"‹distributed_timeout› {timeout}: give above 0 to 10080 minutes."));
    }

    /// <summary>Whether a launcher started several processes.</summary>
    public static bool IsOneOfSeveral => Number("OMPI_COMM_WORLD_SIZE") is { } all ? all > 1
        : Has("PMIX_RANK") && TasksOfStep > 1;

    /// <summary>Processes of this run on this machine, as the launcher says.</summary>
    public static int LocalSize => Math.Max(1, Number("OMPI_COMM_WORLD_LOCAL_SIZE") ?? TasksOnNode(
        Environment.GetEnvironmentVariable("SLURM_STEP_TASKS_PER_NODE") ?? "", Number("SLURM_NODEID") ?? 0));

    /// <summary>Number of this process among those of this run on this machine, from 0.</summary>
    public static int LocalRank => Number("OMPI_COMM_WORLD_LOCAL_RANK") ?? Number("SLURM_LOCALID") ?? 0;

    /// <summary>Cores for this process: what Slurm gave its task, else its part of the machine's.</summary>
    internal static int Cores
    {
        get
        {
            int mine = Environment.ProcessorCount; // those that this process is tied to, if it is
            if (TasksOfStep > 0 && !Has("OMPI_COMM_WORLD_SIZE"))
            {
                if (Environment.GetEnvironmentVariable("SLURM_CPU_BIND_TYPE") is "mask_cpu:" or "map_cpu:") return mine;
                if (Number("SLURM_CPUS_PER_TASK") is > 0 and var given) return Math.Min(mine, given);
            }
            return Math.Max(1, mine / LocalSize);
        }
    }

    /// <summary>Tasks on one of the nodes of a step, of Slurm's list such as <c>2(x3),1</c>.</summary>
    internal static int TasksOnNode(string list, int node)
    {
        foreach (string part in list.Split(','))
        {
            string[] words = part.Split("(x");
            node -= words.Length > 1 && int.TryParse(words[1].TrimEnd(')'), out int times) ? times : 1;
            if (node < 0) return int.TryParse(words[0], out int tasks) ? tasks : 0;
        }
        return 0;
    }

    internal static BadInputException OnlyOnLinux => new(
        "several processes need Linux, with Open MPI; start this one without mpirun, or with ‹distributed› none.");

    private static bool UnderOpenMpi => Has("OMPI_COMM_WORLD_SIZE") || Has("PMIX_RANK");

    // Not SLURM_NTASKS: a job's script has that too, and what it starts without srun is alone.
    private static int TasksOfStep => Number("SLURM_STEP_NUM_TASKS") ?? 0;

    private static int? Number(string variable) =>
        uint.TryParse(Environment.GetEnvironmentVariable(variable), out uint number) ? (int)number : null;

    private static bool Has(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}
