from .convergence import Convergence as Convergence
from .fitting import Posterior as Posterior
from .fitting import fit as fit
from .parallel import executor as executor
from .reweighting import Reweighted as Reweighted
from .whatif import changed_parts as changed_parts
