using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using TorchSharp;
using static TorchSharp.torch;

namespace VideoConcepts.Distributed;

/// <summary>Open MPI (tried: 4.1.4) by P/Invoke. Loaded only when it is asked for; one per process.</summary>
[SupportedOSPlatform("linux")]
internal sealed unsafe partial class OpenMpi : ICommunicator
{
    private const string Library = "libmpi.so.40";
    private const int Serialized = 2, InPlace = 1;
    private const long Long = 1 << 20; // bytes from which a sum goes round in a ring

    private static bool _started;

    private readonly nint _library, _world, _float, _double, _long, _byte, _sum;
    private readonly MessageWatch _watch;
    private readonly OpenMpi? _whole; // of a group

    private OpenMpi(nint library, MessageWatch watch)
    {
        (_library, _watch) = (library, watch);
        _world = Handle("ompi_mpi_comm_world");
        _float = Handle("ompi_mpi_float");
        _double = Handle("ompi_mpi_double");
        _long = Handle("ompi_mpi_int64_t");
        _byte = Handle("ompi_mpi_byte");
        _sum = Handle("ompi_mpi_op_sum");
        using (watch.Begin("MPI_Init_thread"))
            Check(MPI_Init_thread(null, null, Serialized, out _), "MPI_Init_thread");
        (Rank, Size) = Place(_world);
    }

    private OpenMpi(OpenMpi whole, nint group)
    {
        (_whole, _library, _watch) = (whole, whole._library, whole._watch);
        (_float, _double, _long, _byte, _sum) = (whole._float, whole._double, whole._long, whole._byte, whole._sum);
        _world = group;
        (Rank, Size) = Place(group);
    }

    public int Rank { get; }

    public int Size { get; }

    public (long Bytes, TimeSpan Time) Traffic { get; private set; }

    /// <summary>Joins the processes that mpirun or srun started; without them, a world of one.</summary>
    /// <param name="watch">Ends this process if the others do not answer.</param>
    /// <exception cref="BadInputException">There is no Open MPI.</exception>
    public static OpenMpi Start(MessageWatch watch)
    {
        if (!NativeLibrary.TryLoad(Library, out nint library))
            throw new BadInputException(
                $"‹distributed› mpi: {Library} cannot be loaded; install Open MPI (Debian: apt install openmpi-bin).");
        if (!NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out _))
            throw new BadInputException(
                $"‹distributed› mpi: {Library} is not Open MPI, whose handles this program uses "
                + "(MPICH and its kin are not supported); start the program with Open MPI's mpirun.");
        // MPI would end the process, without a word of ours.
        if (Interlocked.Exchange(ref _started, true))
            throw new InvalidOperationException("MPI can be started once in a process; it was before.");
        return new OpenMpi(library, watch);
    }

    public void Sum(Tensor tensor)
    {
        if (tensor.device_type != DeviceType.CPU)
        {
            using Tensor here = tensor.cpu();
            Sum(here);
            tensor.copy_(here);
            return;
        }
        if (!tensor.is_contiguous()) throw new ArgumentException("The tensor must be contiguous.", nameof(tensor));
        long start = TimeProvider.System.GetTimestamp();
        using MessageWatch.Message message = _watch.Begin("a sum");
        int count = checked((int)tensor.numel());
        fixed (byte* data = tensor.bytes)
            if (IsLong(tensor)) SumByRing(tensor, data);
            else Check(MPI_Allreduce(InPlace, data, count, TypeOf(tensor), _sum, _world), "MPI_Allreduce");
        Count(tensor, start);
    }

    // Each process sums a part, and then all get all parts. Between hosts, Open MPI's own sums and gathers of long
    // vectors take up to three times as long (docs/distributed.md).
    private void SumByRing(Tensor tensor, byte* data)
    {
        long[] places = [.. Enumerable.Range(0, Size + 1).Select(rank => rank * tensor.numel() / Size)];
        using Tensor flat = tensor.view(-1);
        SumParts(flat, data, places);
        for (int round = 0; round < Size - 1; round++)
            Hand(data, places, Rank - round, data, Rank - round - 1, TypeOf(tensor), tensor.element_size());
    }

    // Part r becomes its sum over all on rank r: in each round a rank hands a part to the next one, which adds its own.
    private void SumParts(Tensor flat, byte* data, long[] places)
    {
        long size = flat.element_size();
        using Tensor heard = empty([places.Skip(1).Zip(places, (end, start) => end - start).Max()], flat.dtype);
        fixed (byte* buffer = heard.bytes)
            for (int round = 0; round < Size - 1; round++)
            {
                int part = Part(Rank - round - 2);
                (long start, long length) = (places[part], places[part + 1] - places[part]);
                Hand(data, places, Rank - round - 1, buffer - (start * size), part, TypeOf(flat), size);
                using DisposeScope scope = NewDisposeScope();
                flat.narrow(0, start, length).add_(heard.narrow(0, 0, length));
            }
    }

    // One part goes to the next rank, and another one comes from the one before, to where it lies in what is given.
    private void Hand(byte* data, long[] places, int mine, byte* into, int theirs, nint type, long size)
    {
        (mine, theirs) = (Part(mine), Part(theirs));
        (int given, int got) = (Length(mine), Length(theirs));
        Check(MPI_Sendrecv(data + (places[mine] * size), given, type, Part(Rank + 1), 0,
            into + (places[theirs] * size), got, type, Part(Rank - 1), 0, _world, 0), "MPI_Sendrecv");

        int Length(int part) => checked((int)(places[part + 1] - places[part]));
    }

    private int Part(int rank) => ((rank % Size) + Size) % Size;

    public Tensor Gather(Tensor tensor)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor own = tensor.detach().cpu().contiguous();
        Tensor all = empty([Size, .. own.shape], own.dtype);
        long start = TimeProvider.System.GetTimestamp();
        using MessageWatch.Message message = _watch.Begin("what each has");
        fixed (byte* from = own.bytes)
        fixed (byte* to = all.bytes)
        {
            int bytes = checked((int)own.bytes.Length);
            if (!IsLong(all)) Check(MPI_Allgather(from, bytes, _byte, to, bytes, _byte, _world), "MPI_Allgather");
            else
            {
                all[Rank].copy_(own);
                long[] places = [.. Enumerable.Range(0, Size + 1).Select(rank => (long)rank * bytes)];
                for (int round = 0; round < Size - 1; round++)
                    Hand(to, places, Rank - round, to, Rank - round - 1, _byte, 1);
            }
        }
        Count(own, start);
        return all.to(tensor.device).MoveToOuterDisposeScope();
    }

    public Tensor SumOwn(Tensor rows)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor all = rows.detach().cpu().contiguous(), own = empty(all.shape[1..], all.dtype);
        long start = TimeProvider.System.GetTimestamp();
        using MessageWatch.Message message = _watch.Begin("a sum of what each wants");
        if (IsLong(all))
        {
            long part = own.numel();
            Tensor sums = all.clone();
            fixed (byte* data = sums.bytes)
                SumParts(sums.view(-1), data, [.. Enumerable.Range(0, Size + 1).Select(rank => rank * part)]);
            own.copy_(sums[Rank]);
        }
        else
            fixed (byte* from = all.bytes)
            fixed (byte* to = own.bytes)
                Check(MPI_Reduce_scatter_block(
                    from, to, checked((int)own.numel()), TypeOf(all), _sum, _world), "MPI_Reduce_scatter_block");
        Count(all, start);
        return own.to(rows.device).MoveToOuterDisposeScope();
    }

    public ICommunicator Group(int size)
    {
        nint group;
        using (_watch.Begin("which group each is in"))
            Check(MPI_Comm_split(_world, Rank / size, Rank, &group), "MPI_Comm_split");
        return new OpenMpi(this, group);
    }

    public void Abort(int status)
    {
        using (_watch.Begin("the others' end")) MPI_Abort(_world, status); // a launcher that is gone does not answer
    }

    public void Dispose()
    {
        if (_whole is not null) return; // MPI frees it with the rest
        using (_watch.Begin("the end")) MPI_Finalize();
        _watch.Dispose();
    }

    private (int Rank, int Size) Place(nint processes)
    {
        Check(MPI_Comm_rank(processes, out int rank), "MPI_Comm_rank");
        Check(MPI_Comm_size(processes, out int size), "MPI_Comm_size");
        return (rank, size);
    }

    private void Count(Tensor tensor, long start) =>
        Count(tensor.numel() * tensor.element_size(), TimeProvider.System.GetElapsedTime(start));

    private void Count(long bytes, TimeSpan time)
    {
        Traffic = (Traffic.Bytes + bytes, Traffic.Time + time);
        _whole?.Count(bytes, time);
    }

    private bool IsLong(Tensor tensor) => Size > 2 && tensor.numel() * tensor.element_size() >= Long;

    private nint TypeOf(Tensor tensor) => tensor.dtype switch
    {
        ScalarType.Float32 => _float,
        ScalarType.Float64 => _double,
        ScalarType.Int64 => _long,
        _ => throw new ArgumentException($"{tensor.dtype} tensors are not summed over processes.", nameof(tensor)),
    };

    private nint Handle(string name) => NativeLibrary.GetExport(_library, name);

    private static void Check(int status, string call)
    {
        if (status != 0) throw new InvalidOperationException($"{call} failed with status {status}.");
    }

    [LibraryImport(Library)]
    private static partial int MPI_Init_thread(int* argc, byte*** argv, int required, out int provided);

    [LibraryImport(Library)]
    private static partial int MPI_Comm_rank(nint comm, out int rank);

    [LibraryImport(Library)]
    private static partial int MPI_Comm_size(nint comm, out int size);

    [LibraryImport(Library)]
    private static partial int MPI_Allreduce(nint send, byte* receive, int count, nint type, nint op, nint comm);

    [LibraryImport(Library)]
    private static partial int MPI_Reduce_scatter_block(
        byte* send, byte* receive, int receiveCount, nint type, nint op, nint comm);

    [LibraryImport(Library)]
    private static partial int MPI_Sendrecv(byte* send, int sendCount, nint sendType, int to, int sendTag,
        byte* receive, int receiveCount, nint receiveType, int from, int receiveTag, nint comm, nint status);

    [LibraryImport(Library)]
    private static partial int MPI_Allgather(
        byte* send, int sendCount, nint sendType, byte* receive, int receiveCount, nint receiveType, nint comm);

    [LibraryImport(Library)]
    private static partial int MPI_Comm_split(nint comm, int color, int key, nint* group);

    [LibraryImport(Library)]
    private static partial int MPI_Abort(nint comm, int status);

    [LibraryImport(Library)]
    private static partial int MPI_Finalize();
}
