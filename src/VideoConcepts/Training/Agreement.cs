using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using TorchSharp;
using VideoConcepts.Distributed;
using VideoConcepts.Files;
using static TorchSharp.torch;

namespace VideoConcepts.Training;

/// <summary>Processes that train together must have been given the same.</summary>
internal static class Agreement
{
    /// <exception cref="BadInputException">A rank has other options, or another list under the same name, than rank 0.
    /// </exception>
    public static void Check(TrainOptions options, string listHash, ICommunicator ranks)
    {
        if (ranks.Size == 1) return;
        using DisposeScope scope = NewDisposeScope();
        byte[] list = Convert.FromHexString(listHash);
        byte[] chosen = SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(options, RecipeFile.Json));
        long[] own = [BinaryPrimitives.ReadInt64LittleEndian(chosen), BinaryPrimitives.ReadInt64LittleEndian(list)];
        long[] all = [.. ranks.Gather(tensor(own)).data<long>()];
        (int, string)[] parts =
            [(0, "options"), (1, $"content of {options.CsvFile}, or cuts.txt beside its frames,")];
        for (int rank = 1; rank < ranks.Size; rank++)
            foreach ((int i, string what) in parts)
                if (all[(2 * rank) + i] != all[i])
                    throw new BadInputException($"rank {rank} of {ranks.Size} has other {what} than rank 0; start all "
                        + "processes with the same.");
    }
}
