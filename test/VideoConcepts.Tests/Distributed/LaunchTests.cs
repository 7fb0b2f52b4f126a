using VideoConcepts.Distributed;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Distributed;

/// <summary>What launchers leave in the environment, and what is made of it.</summary>
[Collection(nameof(SerialTests))]
public sealed class LaunchTests : IDisposable
{
    private static readonly string[] Read =
    [
        "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "PMIX_RANK", "PMI_RANK",
        "PMI_SIZE", "SLURM_NTASKS", "SLURM_NTASKS_PER_NODE", "SLURM_STEP_NUM_TASKS", "SLURM_STEP_TASKS_PER_NODE",
        "SLURM_NODEID", "SLURM_LOCALID", "SLURM_CPUS_PER_TASK", "SLURM_CPU_BIND_TYPE",
    ];

    private readonly string?[] _before = [.. Read.Select(Environment.GetEnvironmentVariable)];

    public LaunchTests()
    {
        foreach (string variable in Read) Environment.SetEnvironmentVariable(variable, null);
    }

    public void Dispose()
    {
        foreach ((string variable, string? value) in Read.Zip(_before))
            Environment.SetEnvironmentVariable(variable, value);
    }

    [Theory]
    [InlineData("2(x3),1", 0, 2)]
    [InlineData("2(x3),1", 2, 2)]
    [InlineData("2(x3),1", 3, 1)]
    [InlineData("4", 0, 4)]
    [InlineData("4", 1, 0)]
    [InlineData("", 0, 0)]
    public void TasksOnNode_OfSlurmsList_AreThoseOfTheNode(string list, int node, int tasks) =>
        Launch.TasksOnNode(list, node).ShouldBe(tasks);

    /// <summary>The script of a job has the job's numbers, without srun.</summary>
    [Fact]
    public void InAJobsScriptAndInAnArray_AProcessIsAlone()
    {
        Set("SLURM_NTASKS=8 SLURM_NTASKS_PER_NODE=4 SLURM_LOCALID=0 SLURM_NODEID=0 SLURM_CPUS_PER_TASK=1");
        Launch.IsOneOfSeveral.ShouldBeFalse();
        Launch.LocalSize.ShouldBe(1);
        Launch.Cores.ShouldBe(Environment.ProcessorCount);
        using ICommunicator alone = Launch.Open("auto");
        alone.Size.ShouldBe(1);
    }

    [Fact]
    public void UnderSrunWithPmix_TasksOfTheStepAndOfTheNodeAreKnown()
    {
        Set("PMIX_RANK=2 SLURM_NTASKS=9 SLURM_NTASKS_PER_NODE=4 SLURM_STEP_NUM_TASKS=3 SLURM_STEP_TASKS_PER_NODE=2,1 "
            + "SLURM_NODEID=0 SLURM_LOCALID=1");
        Launch.IsOneOfSeveral.ShouldBeTrue();
        (Launch.LocalSize, Launch.LocalRank).ShouldBe((2, 1));
        Set("SLURM_STEP_NUM_TASKS=1");
        Launch.IsOneOfSeveral.ShouldBeFalse();
    }

    [Theory]
    [InlineData("", 2, 2)]
    [InlineData("SLURM_CPUS_PER_TASK=1", 2, 1)]
    [InlineData("SLURM_CPUS_PER_TASK=100000", 2, 1)]
    [InlineData("SLURM_CPUS_PER_TASK=1 SLURM_CPU_BIND_TYPE=mask_cpu:", 2, 1)]
    public void UnderSrun_CoresAreThoseOfTheTask(string given, int local, int divided)
    {
        Set($"SLURM_STEP_NUM_TASKS={local} SLURM_STEP_TASKS_PER_NODE={local} SLURM_NODEID=0 {given}");
        int mine = Environment.ProcessorCount;
        int expected = given == "SLURM_CPUS_PER_TASK=1" ? 1 : Math.Max(1, mine / divided);
        Launch.Cores.ShouldBe(expected);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("mpi")]
    public void Open_OfSeveralTasksWithoutPmix_IsRefused(string choice)
    {
        Set("SLURM_STEP_NUM_TASKS=2");
        Should.Throw<BadInputException>(() => Launch.Open(choice)).Message.ShouldContain("srun --mpi=pmix");
        Launch.Open("none").Size.ShouldBe(1);
        Set("SLURM_STEP_NUM_TASKS=1");
        Launch.Open("none").Size.ShouldBe(1);
    }

    private static void Set(string variables)
    {
        foreach (string variable in variables.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            Environment.SetEnvironmentVariable(variable.Split('=')[0], variable.Split('=')[1]);
    }
}
