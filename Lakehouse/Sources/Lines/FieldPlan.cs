using System.Text;

namespace Lakehouse.Sources.Lines;

/// <summary>Which fields a scan takes out of each object: a tree of names, so that one pass finds all.</summary>
public sealed class FieldPlan
{
    /// <summary>The largest number of fields and inner objects: each has a bit of a word that tells whether it was met.</summary>
    public const int MaxNodes = 64;

    FieldPlan(Node root, int slots)
    {
        Root = root;
        Slots = slots;
    }

    /// <summary>A plan that takes nothing out.</summary>
    public static FieldPlan Nothing { get; } = new(new Node([], -1, 0), 0);

    /// <summary>Number of fields.</summary>
    public int Slots { get; }

    internal Node Root { get; }

    /// <summary>A plan for some fields, in the order of their slots; null when one lies within another, one is asked for twice, or they are too many.</summary>
    public static FieldPlan? TryCreate(IReadOnlyList<IReadOnlyList<string>> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var root = new Node([], -1, 0);
        var nodes = 1;
        for (var slot = 0; slot < paths.Count; slot++)
        {
            var node = root;
            for (var level = 0; level < paths[slot].Count; level++)
            {
                var name = Encoding.UTF8.GetBytes(paths[slot][level]);
                var child = node.Children.Find(c => c.Name.AsSpan().SequenceEqual(name));
                var isLeaf = level == paths[slot].Count - 1;
                if (child is not null && (isLeaf || child.Slot >= 0))
                {
                    return null;
                }

                if (child is null)
                {
                    child = new Node(name, isLeaf ? slot : -1, nodes++);
                    node.Children.Add(child);
                }

                node = child;
            }
        }

        return nodes <= MaxNodes ? new FieldPlan(root, paths.Count) : null;
    }

    internal sealed class Node(byte[] name, int slot, int index)
    {
        public byte[] Name { get; } = name;

        public int Slot { get; } = slot;

        public ulong Bit { get; } = 1UL << (index & 63);

        public List<Node> Children { get; } = [];
    }
}
