using TorchSharp;

Console.WriteLine(torch.zeros(2, 3).sum().ToString());
